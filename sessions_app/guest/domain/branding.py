"""A studio's own look on its guests' pages: its logo and its colour, and how guests reach it.

The colour is used for buttons (with text on it) and for links (as text on the page), in a light and in a dark theme. It
is darkened or lightened until it has WCAG's contrast of 4.5:1 in each of these places, and no further.
"""

import hashlib
import re
from dataclasses import dataclass

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from sessions_app.models import PhotoSession

# Red, green, blue of sRGB, 0 to 255.
Rgb = tuple[float, float, float]

# What a studio's contact may be; anything else is shown as it was written, without a link.
EMAIL = re.compile(r"[^\s@:/?]+@[^\s@:/?]+\.[^\s@:/?]+")
PHONE = re.compile(r"\+?[\d\s()./-]{5,30}")
WEB = re.compile(r"https?://\S+", re.IGNORECASE)

MIN_CONTRAST = 4.5
BLACK, WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)
# The darkest ground of the light theme and the lightest of the dark one on which the colour is read
# (static/facepass/base.css: --ground and --tint, --line).
LIGHT_GROUND, DARK_GROUND = (0xE3, 0xE8, 0xE3), (0x24, 0x2B, 0x28)


@dataclass(frozen=True, slots=True)
class Brand:
    name: str
    colour: str
    """Empty for FacePass's own."""
    has_logo: bool
    version: str
    """Changes with the colour and the logo, whose addresses browsers keep for a year."""
    contact: str
    """How guests reach the studio, as it wrote that; may be empty."""
    code: str
    """Of the session on whose pages it is."""

    @classmethod
    def for_session(cls, session: PhotoSession) -> "Brand":
        studio = session.studio
        version = hashlib.sha256(f"{studio.colour} {studio.logo.name}".encode()).hexdigest()[:12]
        return cls(studio.name, studio.colour, bool(studio.logo), version, studio.contact, session.code)

    @property
    def picture(self) -> str:
        """Return the whole address of the logo, or of FacePass's own where there is none."""
        logo = f"{reverse('guest-logo', args=[self.code])}?v={self.version}"
        return f"{settings.PUBLIC_URL}{logo if self.has_logo else static('facepass/icons/icon-512.png')}"

    @property
    def contact_address(self) -> str:
        """Return what a link to the contact opens: mail, the phone or a page. Empty where it is none of them."""
        if EMAIL.fullmatch(self.contact):
            return f"mailto:{self.contact}"
        if WEB.fullmatch(self.contact):
            return self.contact
        return f"tel:{re.sub(r'[^+0-9]', '', self.contact)}" if PHONE.fullmatch(self.contact) else ""


def build_stylesheet(colour: str) -> str:
    """Return the theme's variables in that colour (`#rrggbb`), for both themes."""
    light, dark = (
        _theme_variables(_rgb(colour), LIGHT_GROUND, BLACK),
        _theme_variables(_rgb(colour), DARK_GROUND, WHITE),
    )
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def _theme_variables(colour: Rgb, ground: Rgb, towards: Rgb) -> str:
    accent = make_readable(colour, on=ground, towards=towards)
    strong = mix(accent, towards, 0.18)
    # Text on a button is white or black, whichever is read better on both shades of it.
    text = max((WHITE, BLACK), key=lambda ink: min(contrast_ratio(ink, accent), contrast_ratio(ink, strong)))
    tint = mix(ground, accent, 0.1) if towards == WHITE else mix(WHITE, accent, 0.1)
    values = {"accent": accent, "accent-strong": strong, "on-accent": text, "tint": tint}
    return ";".join(f"--{name}:{_hex(value)}" for name, value in values.items())


def make_readable(colour: Rgb, *, on: Rgb, towards: Rgb) -> Rgb:
    """Return the mix with `towards` that is nearest to the colour and has enough contrast on that ground."""
    steps = (mix(colour, towards, step / 50) for step in range(51))
    return next(mixed for mixed in steps if contrast_ratio(mixed, on) >= MIN_CONTRAST)


def contrast_ratio(one: Rgb, other: Rgb) -> float:
    """Return the contrast of WCAG 2.2, from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Rgb) -> float:
    """Return the relative luminance of WCAG 2.2, 0 to 1."""
    red, green, blue = (_linear(value / 255) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    """Undo sRGB's gamma of one channel, 0 to 1."""
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def mix(colour: Rgb, other: Rgb, share: float) -> Rgb:
    """Return the colour with that share (0 to 1) of the other, in the whole numbers that a stylesheet can say."""
    red, green, blue = (float(round(a + (b - a) * share)) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{int(value):02x}" for value in colour)
