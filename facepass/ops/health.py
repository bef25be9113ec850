"""Health checks: whether the process answers, and whether it can do its work."""

import shutil
import uuid
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_q.models import OrmQ

import facepass
from facepass.core.errors import FacePassError
from facepass.ops import metrics
from galleries.models import GalleryImage
from recognition.engines import registry
from recognition.model_versions import refuse_if_switched
from recognition.packs.installed import ModelFile
from recognition.runtimes import devices, selftest_results
from sessions_app.pixora import gateway
from sessions_app.pixora.connection_state import describe_connection


@never_cache
def report_liveness(request: HttpRequest) -> JsonResponse:
    """Return 200 as long as the process answers; nothing else is checked."""
    return JsonResponse({"status": "ok", "timestamp": timezone.now().isoformat(), "version": facepass.__version__})


@never_cache
def report_readiness(request: HttpRequest) -> JsonResponse:
    """Return 200 where the database answers and a face engine is there, else 503, with the engine that is in use."""
    return _health_response({"database": _database(), "engine": _engine()})


@never_cache
def report_details(request: HttpRequest) -> JsonResponse:
    """Return the same with storage, queue and disk, for who may see `/metrics`; raise 404 for others."""
    if not metrics.may_read_metrics(request):
        raise Http404
    pixora = {"pixora": describe_connection()} if gateway.is_configured() else {}
    return _health_response(
        {"database": _database(), "engine": _engine(), "storage": _storage(), "queue": _queue(), **pixora}
    )


def _health_response(parts: dict[str, dict[str, Any]]) -> JsonResponse:
    healthy = all(part["status"] in ("ok", "warning") for part in parts.values())
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


def _storage() -> dict[str, Any]:
    """Return whether a file can be written and read back, and how much room the disk of FACEPASS_HOME has."""
    name = f"health/{uuid.uuid4().hex}"
    try:
        written = default_storage.save(name, ContentFile(b"ok"))
        with default_storage.open(written) as file:
            intact = file.read() == b"ok"
        default_storage.delete(written)
    except (OSError, BotoCoreError, ClientError):
        intact = False
    free = shutil.disk_usage(settings.HOME).free
    return {"status": "ok" if intact else "unavailable", "s3": bool(settings.ENV.s3_bucket), "free_bytes": free}


def _queue() -> dict[str, Any]:
    """Return how much is waiting. Workers are proved by photos that get done, not here: a long task is no failure."""
    try:
        waiting = GalleryImage.objects.unfinished()
        seen = waiting.aggregate(photos=Count("pk"), oldest=Min("created_at"))
        tasks = OrmQ.objects.count()
    except DatabaseError:
        return {"status": "unavailable"}
    age = (timezone.now() - seen["oldest"]).total_seconds() if seen["oldest"] else 0.0
    return {"status": "ok", "tasks": tasks, "photos": seen["photos"], "oldest_seconds": round(age, 1)}


def _engine() -> dict[str, Any]:
    try:
        engine = registry.engine_in_use()
        device, runtime = devices.inference_device(), _runtime()
        refuse_if_switched()
    except DatabaseError:
        return {"status": "unavailable"}
    except FacePassError as refusal:
        # Without a model for what was described before, everything but searches and new photos goes on.
        status = "warning" if refusal.code == "model_gone" else "unavailable"
        return {"status": status, "code": refusal.code, "message": refusal.message}
    return {
        "status": "ok",
        "name": engine.name,
        "model": engine.model,
        "license": engine.license.name,
        "commercial_use": engine.license.commercial,
        "parts": [_part(part) for part in engine.parts],
        "device": device,
        "runtime": runtime,
    }


def _part(part: ModelFile) -> dict[str, Any]:
    return {
        "role": part.role,
        "file": part.path.name,
        "sha256": part.sha256,
        "license": part.license.name,
        "commercial_use": part.license.commercial,
    }


def _runtime() -> dict[str, Any]:
    """Return which runtimes are installed, and what the self-test found for the networks that have run here."""
    networks = [
        {
            "name": found.network,
            "runtime": found.runtime,
            "openvino_precision": found.precision,
            "openvino_speedup": found.speedup,
            "openvino_cosine": found.cosine,
            "openvino_problem": found.problem,
        }
        for found in selftest_results.list_verdicts()
    ]
    return {"asked": settings.ENV.inference_runtime, "installed": devices.installed_runtimes(), "networks": networks}
