"""Health checks: whether the process answers, and whether it can do its work."""

import shutil
import uuid
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django_q.models import OrmQ

import facepass
from facepass.core.api.moments import format_moment
from facepass.core.errors import FacePassError
from facepass.core.work import heartbeats
from facepass.ops import backup, draining, hosts_in_trouble, metrics, model_keeper
from galleries.models import GalleryImage
from recognition.engines import registry
from recognition.model_versions import refuse_if_switched
from recognition.packs.installed import ModelFile
from recognition.runtimes import devices, selftest_results
from sessions_app.ftp.greeting import is_listening
from sessions_app.pixora import gateway
from sessions_app.pixora.connection_state import describe_connection

# What the whole says of itself, as partner programs compare it; each part of it is "ok", "warning" or "unavailable".
HEALTHY = "healthy"
# A back-up is made every night; one that is older than two days was missed twice.
BACKUP_WARN_SECONDS = 2 * 24 * 3600


@csrf_exempt
@require_safe
@never_cache
def report_liveness(request: HttpRequest) -> JsonResponse:
    """Return 200 as long as the process answers; nothing else is checked."""
    return JsonResponse(
        {"status": HEALTHY, "timestamp": format_moment(timezone.now()), "version": facepass.__version__}
    )


@csrf_exempt
@require_safe
@never_cache
def report_readiness(request: HttpRequest) -> JsonResponse:
    """Return 200 where the database answers and a face engine is there, else 503, with the engine that is in use.

    503 too for a process that still loads its models, or is about to stop, so that a proxy turns to another one.
    """
    parts = {"database": _database(), "engine": _engine(), "process": _process()}
    return _health_response(parts)


@csrf_exempt
@require_safe
@never_cache
def report_details(request: HttpRequest) -> JsonResponse:
    """Return the same with storage, queue and disk, for who may see `/metrics`; raise 404 for others."""
    if not metrics.may_read_metrics(request):
        raise Http404
    pixora = {"pixora": describe_connection()} if gateway.is_configured() else {}
    kept = describe_backup()
    backups = {"backup": kept} if kept else {}
    cameras = {"ftp": _ftp()} if settings.FTP_PORT else {}
    parts = {"database": _database(), "engine": _engine(), "storage": _storage(), "queue": _queue(), "hosts": _hosts()}
    return _health_response({**parts, **pixora, **backups, **cameras})


def _health_response(parts: dict[str, dict[str, Any]]) -> JsonResponse:
    healthy = all(part["status"] in ("ok", "warning") for part in parts.values())
    body = {
        "status": HEALTHY if healthy else "unavailable",
        "timestamp": format_moment(timezone.now()),
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


def _process() -> dict[str, Any]:
    return {"status": "unavailable", "code": "stopping"} if draining.is_under_way() else {"status": "ok"}


def _hosts() -> dict[str, Any]:
    """Return every host on which FacePass runs, and what is wrong with it; that is a warning, since others go on."""
    try:
        hosts = hosts_in_trouble.list_hosts()
    except DatabaseError:
        return {"status": "unavailable"}
    status = "warning" if any(host["problems"] for host in hosts) else "ok"
    return {"status": status, "hosts": hosts}


def _storage() -> dict[str, Any]:
    """Return whether a file can be written and read back, and how much room the disk of FACEPASS_HOME has."""
    name = f"health/{uuid.uuid4().hex}"
    try:
        written = default_storage.save(name, ContentFile(b"ok"))
        with default_storage.open(written) as file:
            intact = file.read() == b"ok"
        default_storage.delete(written)
        reason = ""
    except FacePassError as refusal:
        intact, reason = False, refusal.message
    free = shutil.disk_usage(settings.HOME).free
    status = {"status": "ok"} if intact else {"status": "unavailable", "message": reason}
    return {**status, "s3": bool(settings.ENV.s3_bucket), "free_bytes": free}


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


def _ftp() -> dict[str, Any]:
    """Return whether the FTP server listens; that is a warning, since everything else goes on without it."""
    return {"status": "ok" if is_listening() else "warning", "port": settings.FTP_PORT}


def describe_backup() -> dict[str, Any] | None:
    """Return how old the last good back-up is; None where none is kept here, or the database is away."""
    try:
        age = heartbeats.seconds_since_beat(backup.VERIFIED)
    except DatabaseError:
        return None
    if age is None:
        return {"status": "warning", "verified_seconds": None} if settings.ENV.backup_to else None
    return {"status": "ok" if age <= BACKUP_WARN_SECONDS else "warning", "verified_seconds": round(age, 1)}


def _engine() -> dict[str, Any]:
    if model_keeper.is_loading():  # whatever else is asked of it now waits for that
        return {"status": "unavailable", "code": "loading"}
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
