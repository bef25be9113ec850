"""This machine: its disk, its clock, and the models on it."""

import shutil
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from facepass.core.errors import FacePassError
from facepass.ops.doctor.finding import Finding, error, ok, warning
from recognition.engines import registry

LITTLE_SPACE, TOO_LITTLE_SPACE = 5_000_000_000, 1_000_000_000
# Leases and signatures bear less than the second one.
CLOCK_SECONDS, CLOCK_SECONDS_BORNE = 2, 30


def examine_disk() -> Iterator[Finding]:
    """Look for room on the disk of FACEPASS_HOME."""
    free = shutil.disk_usage(settings.HOME).free
    text = f"{filesizeformat(free)} free at {settings.HOME}"
    if free < TOO_LITTLE_SPACE:
        yield error("disk", f"{text}: uploads will be refused soon")
    elif free < LITTLE_SPACE:
        yield warning("disk", text)
    else:
        yield ok("disk", text)


def examine_clock() -> Iterator[Finding]:
    """Compare this machine's clock with the database's."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs((timezone.now() - cursor.fetchone()[0]).total_seconds())
    except DatabaseError:
        return
    text = f"{apart:.1f} s apart from the database's"
    if apart > CLOCK_SECONDS_BORNE:
        yield error("clock", f"{text}: tokens and leases will not hold; set both by NTP")
    elif apart > CLOCK_SECONDS:
        yield warning("clock", f"{text}; set both by NTP")
    else:
        yield ok("clock", text)


def examine_packs() -> Iterator[Finding]:
    """Look for the model that describes faces, whole and with the key of the stored ones."""
    try:
        engine = registry.engine_in_use()
    except FacePassError as refusal:
        yield error("model", f"{refusal.code}: {refusal.message}")
    else:
        commercial = "may be used commercially" if engine.license.commercial else "not for commercial use"
        yield ok("model", f"{engine.model}, {engine.license.name}, {commercial}")
