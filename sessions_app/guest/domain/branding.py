"""A studio's own look on its guests' pages: its logo, and its colour, moved until everything in it can be read.

The colour stands for buttons (with text on it) and for links (as text on the page), in a light and in a dark theme, so
it is darkened or lightened as far as WCAG's contrast of 4.5:1 asks and no further.
"""

import hashlib
from dataclasses import dataclass

from sessions_app.models import PhotoSession

Rgb = tuple[float, float, float]

CONTRAST = 4.5
BLACK, WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)
# The darkest and the lightest ground that the colour is read on: --ground and --tint of the light theme, --line of the
# dark one (static/facepass/base.css).
LIGHT_GROUND, DARK_GROUND = (0xE3, 0xE8, 0xE3), (0x24, 0x2B, 0x28)


@dataclass(frozen=True, slots=True)
class Brand:
    name: str
    colour: str
    """Empty for FacePass's own."""
    has_logo: bool
    version: str
    """Of what is served under a lasting address."""


def of(session: PhotoSession | None) -> Brand | None:
    if session is None:
        return None
    studio = session.studio
    version = hashlib.sha256(f"{studio.colour} {studio.logo.name}".encode()).hexdigest()[:12]
    return Brand(studio.name, studio.colour, bool(studio.logo), version)


def stylesheet(colour: str) -> str:
    """The theme's variables in that colour (`#rrggbb`), for both themes."""
    light, dark = _rules(_rgb(colour), LIGHT_GROUND, BLACK), _rules(_rgb(colour), DARK_GROUND, WHITE)
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def _rules(colour: Rgb, ground: Rgb, towards: Rgb) -> str:
    accent = readable(colour, on=ground, towards=towards)
    strong = mixed(accent, towards, 0.18)
    # Text on a button is white or black, whichever is read better on both shades of it.
    text = max((WHITE, BLACK), key=lambda ink: min(contrast(ink, accent), contrast(ink, strong)))
    tint = mixed(ground, accent, 0.1) if towards == WHITE else mixed(WHITE, accent, 0.1)
    values = {"accent": accent, "accent-strong": strong, "on-accent": text, "tint": tint}
    return ";".join(f"--{name}:{_hex(value)}" for name, value in values.items())


def readable(colour: Rgb, *, on: Rgb, towards: Rgb) -> Rgb:
    """The nearest mix with `towards` that is read on that ground."""
    steps = (mixed(colour, towards, step / 50) for step in range(51))
    return next(mix for mix in steps if contrast(mix, on) >= CONTRAST)


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2.2: 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(value / 255) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def mixed(colour: Rgb, other: Rgb, share: float) -> Rgb:
    """In whole steps of 255, as the stylesheet says it."""
    red, green, blue = (float(round(a + (b - a) * share)) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{int(value):02x}" for value in colour)
