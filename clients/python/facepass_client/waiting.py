"""How the client waits for work on the server, and what it sends at once."""

import time
from collections.abc import Iterable, Iterator
from typing import Final

from facepass_client import models
from facepass_client.errors import StillRunning
from facepass_client.pictures import Picture, is_picture

# Photos in one request; the server takes many, and a part that fails is then smaller.
PHOTOS_AT_ONCE: Final = 20


def list_pauses(seconds: float) -> Iterator[float]:
    """Return the pauses between questions, longer each time. Raise StillRunning after `seconds`."""
    until, pause = time.monotonic() + seconds, 0.1
    while time.monotonic() < until:
        yield pause
        pause = min(2.0, pause * 1.5)
    raise StillRunning(f"not over after {seconds:g} seconds")


def is_over(task: models.Task) -> bool:
    return task["state"] not in ("pending", "running")


def is_analysed(progress: models.Progress) -> bool:
    return progress["pending"] == progress["processing"] == 0


def list_parts(pictures: Picture | Iterable[Picture]) -> Iterator[list[Picture]]:
    part: list[Picture] = []
    for picture in [pictures] if is_picture(pictures) else pictures:  # type: ignore[union-attr]
        part.append(picture)  # type: ignore[arg-type]
        if len(part) == PHOTOS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def join_reports(reports: list[models.UploadReport]) -> models.UploadReport:
    """Return one report of several uploads."""
    return {
        "accepted": [each for report in reports for each in report["accepted"]],
        "duplicates": [each for report in reports for each in report["duplicates"]],
        "rejected": [each for report in reports for each in report["rejected"]],
    }
