"""Browsers inside other apps: many of them give pages no camera, and lose their cookies when they are closed."""

import re

# What such a browser writes into its User-Agent, and what the app is called. The first that is found counts.
APPS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "Instagram": r"Instagram",
        "Messenger": r"FBAN/Messenger|MessengerForiOS|Orca-Android|FB_IAB/MESSENGER",
        "Facebook": r"FBAN|FBAV|FB_IAB|FBIOS",
        "WhatsApp": r"WhatsApp/",
        "Telegram": r"Telegram",
        "WeChat": r"MicroMessenger",
        "LINE": r"\bLine/",
        "TikTok": r"musical_ly|BytedanceWebview|TikTok|trill_",
        "VK": r"VKClient|VKAndroidApp|VKontakte|com\.vk\.",
        "OK": r"\bOkApp|odnoklassniki",
        "Viber": r"\bViber",
        "KakaoTalk": r"KAKAOTALK",
        "Snapchat": r"Snapchat",
        "X": r"Twitter for|TwitterAndroid",
        "LinkedIn": r"LinkedInApp",
        "Pinterest": r"\[Pinterest/",
        "Discord": r"Discord/",
    }.items()
}
# Android's own mark of a page inside an app; iOS has none.
WEB_VIEW = re.compile(r"; wv\)")


def find_app(user_agent: str) -> str | None:
    """Return the name of the app in whose browser a page is shown; empty for an unknown one, None for a browser."""
    found = next((name for name, pattern in APPS.items() if pattern.search(user_agent)), None)
    return "" if found is None and WEB_VIEW.search(user_agent) else found
