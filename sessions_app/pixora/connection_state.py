"""How the connection to Pixora is, for health and metrics. Reads what processes recorded, and queries nothing there."""

from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone

from sessions_app.models import PixoraLink
from sessions_app.pixora import breaker

CIRCUIT_VALUES = {"closed": 0, "half_open": 1, "open": 2}


def describe_connection() -> dict[str, object]:
    """Return what `/health/detailed` shows of Pixora.

    An error there is a `warning` and not `unavailable`: FacePass itself works, and traffic that is sent to another web
    host would fare no better.
    """
    try:
        link = PixoraLink.load()
    except DatabaseError:
        return {"status": "unavailable"}
    return {
        "status": "warning" if link.error else "ok",
        "circuit": breaker.circuit_state(link),
        **({"code": link.error, "problem": link.detail} if link.error else {}),
        "answered_seconds_ago": _seconds_since(link.answered_at),
        "synced_seconds_ago": _seconds_since(link.synced_at),
    }


def collect_gauges() -> dict[str, tuple[str, float]]:
    """Return help text and value of each metric, by its name."""
    link = PixoraLink.load()
    gauges = {
        "facepass_pixora_circuit": (
            "0 closed, 1 half open, 2 open.",
            float(CIRCUIT_VALUES[breaker.circuit_state(link)]),
        ),
        "facepass_pixora_failures": ("Questions in a row that Pixora did not answer.", float(link.failures)),
        "facepass_pixora_schema_drift": ("1: its table has changed.", float(link.error == "pixora_schema")),
    }
    age = _seconds_since(link.synced_at)
    return gauges if age is None else {**gauges, "facepass_pixora_sync_age_seconds": ("Since the last sync.", age)}


def _seconds_since(moment: datetime | None) -> float | None:
    return None if moment is None else round((timezone.now() - moment).total_seconds(), 1)
