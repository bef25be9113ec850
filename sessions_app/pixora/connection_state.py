"""How the connection to Pixora is, for health and metrics. Asks only what the other processes wrote down."""

from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from sessions_app.models import PixoraLink
from sessions_app.pixora import breaker

CIRCUIT = {"closed": 0, "half_open": 1, "open": 2}


def of_pixora() -> dict[str, Any]:
    """`warning` and not `unavailable`: FacePass itself works, and another web host would fare no better."""
    try:
        link = PixoraLink.row()
    except DatabaseError:
        return {"status": "unavailable"}
    return {
        "status": "warning" if link.error else "ok",
        "circuit": breaker.state_of(link),
        **({"code": link.error, "problem": link.detail} if link.error else {}),
        "answered_seconds_ago": _age(link.answered_at),
        "synced_seconds_ago": _age(link.synced_at),
    }


def gauges() -> dict[str, tuple[str, float]]:
    link = PixoraLink.row()
    found = {
        "facepass_pixora_circuit": ("0 closed, 1 half open, 2 open.", float(CIRCUIT[breaker.state_of(link)])),
        "facepass_pixora_failures": ("Questions in a row that Pixora did not answer.", float(link.failures)),
        "facepass_pixora_schema_drift": ("1: its table has changed.", float(link.error == "pixora_schema")),
    }
    age = _age(link.synced_at)
    return found if age is None else {**found, "facepass_pixora_sync_age_seconds": ("Since the last sync.", age)}


def _age(moment: datetime | None) -> float | None:
    return None if moment is None else round((timezone.now() - moment).total_seconds(), 1)
