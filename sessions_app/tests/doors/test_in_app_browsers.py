"""Browsers inside other apps get their advice before the consent; real browsers get none."""

import pytest
from django.test import Client

from facepass.testing.pages.visitors import device, text
from sessions_app.guest.domain.in_app_browsers import find_app

ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36"  # noqa: E501
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
INSIDE = {
    f"{IPHONE} Instagram 334.0.0.27 (iPhone15,2; iOS 17_5; de_DE)": "Instagram",
    f"{ANDROID} Instagram 334.0 Android": "Instagram",
    f"{IPHONE} [FBAN/FBIOS;FBAV/467.0.0;FBBV/1;FBDV/iPhone15,2]": "Facebook",
    f"{ANDROID} [FB_IAB/FB4A;FBAV/467.0;]": "Facebook",
    f"{ANDROID} [FB_IAB/MESSENGER;FBAV/460.0;]": "Messenger",
    f"{IPHONE} [FBAN/MessengerForiOS;FBAV/460.0]": "Messenger",
    f"{ANDROID} WhatsApp/2.24.11": "WhatsApp",
    f"{ANDROID} Telegram-Android/10.14 (Pixel 8; Android 14; SDK 34)": "Telegram",
    f"{IPHONE} Safari Line/14.9.0": "LINE",
    f"{IPHONE} MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/de": "WeChat",
    f"{IPHONE} musical_ly_35.0.0 JsSdk/2.0 BytedanceWebview/d8a21c6": "TikTok",
    f"{ANDROID} trill_350003 BytedanceWebview/d8a21c6": "TikTok",
    f"{ANDROID} VKAndroidApp/8.80-22000": "VK",
    f"{IPHONE} com.vk.vkclient/3000": "VK",
    f"{IPHONE} OkApp/13.0": "OK",
    f"{IPHONE} Snapchat/12.91": "Snapchat",
    f"{IPHONE} Twitter for iPhone/10.45": "X",
    ANDROID: "",
}
BROWSERS = [
    f"{IPHONE} Version/17.5 Safari/604.1",
    ANDROID.replace("; wv", "").replace("Version/4.0 ", ""),
    f"{IPHONE} CriOS/126.0 Safari/604.1",
    "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
    "Mozilla/5.0 (Linux; Android 13; SM-S911B) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Mobile",
    "Mozilla/5.0 (Linux; arm_64; Android 13) AppleWebKit/537.36 Chrome/124.0 YaBrowser/24.4 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64) Online/1 Offline/2",
    "",
]


@pytest.mark.parametrize("agent", INSIDE)
def test_an_app_is_known_by_what_it_sends(agent):
    assert find_app(agent) == INSIDE[agent]


@pytest.mark.parametrize("agent", BROWSERS)
def test_a_browser_is_none(agent):
    assert find_app(agent) is None


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("agent", [agent for agent in INSIDE if INSIDE[agent] in ("Instagram", "WhatsApp", "VK", "")])
def test_the_advice_stands_before_the_consent_with_the_address_to_copy(session, photos, agent):
    page = text(Client(headers={"user-agent": agent}).get(f"/s/{session.code}/"))
    assert page.index('data-code="in-app"') < page.index('id="consent"')
    assert f"You are inside {INSIDE[agent] or 'another app'}" in page
    assert f'data-copy="{session.guest_url}"' in page


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
def test_it_stands_where_photos_are_still_prepared_and_after_the_consent_too(session, party_gallery):
    (agent,) = [agent for agent in INSIDE if INSIDE[agent] == "WeChat"]
    assert 'data-code="in-app"' in text(Client(headers={"user-agent": agent}).get(f"/s/{session.code}/"))
    agreed = device(session)
    assert 'data-code="in-app"' in text(agreed.get(f"/s/{session.code}/", headers={"user-agent": agent}))
    assert 'data-code="in-app"' not in text(agreed.get(f"/s/{session.code}/", headers={"user-agent": BROWSERS[0]}))
