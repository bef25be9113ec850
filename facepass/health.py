"""Is it alive, and can it do its work?"""

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

import facepass
from facepass.errors import FacePassError
from recognition import devices, registry, verdicts
from recognition.models import ModelVersion


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; nothing else is asked."""
    return JsonResponse({"status": "ok", "timestamp": timezone.now().isoformat(), "version": facepass.__version__})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and a face engine is there, else 503; says which engine is in use."""
    parts = {"database": _database(), "engine": _engine()}
    healthy = all(part["status"] == "ok" for part in parts.values())
    body = {
        "status": "ok" if healthy else "unavailable",
        "timestamp": timezone.now().isoformat(),
        "version": facepass.__version__,
        "checks": parts,
    }
    return JsonResponse(body, status=200 if healthy else 503, headers={} if healthy else {"Retry-After": "5"})


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
            row = cursor.fetchone()
    except DatabaseError:
        return {"status": "unavailable"}
    return {
        "status": "ok" if row else "unavailable",
        "pgvector": row and row[0],
        "embedded": not settings.ENV.database_url,
    }


def _engine() -> dict[str, Any]:
    try:
        engine = registry.engine_in_use()
        device, runtime = devices.device(), _runtime()
        ModelVersion.objects.refuse_if_switched()
    except DatabaseError:
        return {"status": "unavailable"}
    except FacePassError as refusal:
        return {"status": "unavailable", "code": refusal.code, "message": refusal.message}
    return {
        "status": "ok",
        "name": engine.name,
        "model": engine.model,
        "license": engine.license.name,
        "commercial_use": engine.license.commercial,
        "device": device,
        "runtime": runtime,
    }


def _runtime() -> dict[str, Any]:
    """What runs the networks: what is installed, and what the self-test found for those that have run here."""
    networks = [
        {
            "name": found.network,
            "runtime": found.runtime,
            "openvino_precision": found.precision,
            "openvino_speedup": found.speedup,
            "openvino_cosine": found.cosine,
            "openvino_problem": found.problem,
        }
        for found in verdicts.everything()
    ]
    return {"asked": settings.ENV.inference_runtime, "installed": devices.runtimes(), "networks": networks}
