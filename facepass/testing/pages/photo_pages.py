"""A gallery's pages in a browser: the grid, one photo, uploading."""

import os
from pathlib import Path

from django.urls import reverse

from facepass.testing.pages.staff import address

# Where pictures of the pages go, for whoever wants to look at them.
SHOTS = os.environ.get("FACEPASS_SCREENSHOTS")


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def open_grid(page, server, gallery, query=""):
    page.goto(server.address + address(gallery, "photos") + query)
    page.wait_for_selector('[data-status][data-state="live"]')


def open_page(page, server, name, *args, query=""):
    page.goto(server.address + reverse(f"admin:galleries_{name}", args=args) + query)
    page.wait_for_selector('[data-state="live"]')


def open_photo(page, server, photo, query=""):
    page.goto(server.address + address(photo, "faces") + query)
    page.wait_for_selector('[data-status][data-state="live"]')
    page.wait_for_selector("[data-place]:not(:empty)")


def row(page, face, kind):
    page.wait_for_selector(f'.fp-row[data-face="{face.pk}"][data-kind="{kind}"]')


def summary(page, text):
    page.wait_for_selector(f'[data-summary]:has-text("{text}")')
