"""System checks: report at start what would otherwise fail later, one line each."""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connections

from facepass.core.errors import FacePassError

MIN_PGVECTOR = (0, 8)


@checks.register(checks.Tags.database)
def check_pgvector(*, databases: Sequence[str] | None = None, **_: Any) -> Iterator[checks.CheckMessage]:
    """Check that the database answers and has pgvector 0.8, with which iterative index scans and halfvec came."""
    for alias in databases or ():
        try:
            found = _pgvector_version(alias)
        except DatabaseError as error:
            yield checks.Error(
                f"The database does not answer: {str(error).strip().splitlines()[0]}", id="facepass.E001"
            )
            continue
        if found is None or tuple(int(part) for part in found.split(".")[:2]) < MIN_PGVECTOR:
            message = f"The database needs pgvector 0.8 or newer, and has {found or 'none'}."
            yield checks.Error(message, hint="Install the package postgresql-NN-pgvector there.", id="facepass.E002")


def _pgvector_version(alias: str) -> str | None:
    """Return the installed version, else the one that the first migration will install, else None."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'vector'"
        )
        row = cursor.fetchone()
    return str(row[0]) if row else None


@checks.register
def check_face_engine(**_: Any) -> Iterator[checks.CheckMessage]:
    from recognition.engines.registry import engine_in_use  # noqa: PLC0415 - reads models, which load after this module
    from recognition.runtimes.devices import inference_device, may_use_openvino  # noqa: PLC0415 - as the next

    try:
        engine_in_use()
        inference_device()
        may_use_openvino()
    except FacePassError as refusal:
        if refusal.code == "model_gone":  # everything else goes on
            yield checks.Warning(refusal.message, id="facepass.W004")
        else:
            yield checks.Error(refusal.message, id="facepass.E003")


@checks.register
def check_former_names(**_: Any) -> Iterator[checks.CheckMessage]:
    env = settings.ENV
    if env.former_names:
        message = f"{' and '.join(env.former_names)} will not be understood in the next version."
        yield checks.Warning(message, hint=f"Set FACE_PACK={env.wanted_pack} in their place.", id="facepass.W005")


@checks.register(checks.Tags.security)
def check_production(**_: Any) -> Iterator[checks.CheckMessage]:
    env = settings.ENV
    if settings.DEBUG and not is_local(settings.PUBLIC_URL):
        yield checks.Error(
            "DEBUG shows secrets to guests.", hint=f"PUBLIC_URL is {settings.PUBLIC_URL}.", id="facepass.E004"
        )
    for name in ("secret_key", "template_key"):
        if env.database_url and not getattr(env, name):
            hint = "With DATABASE_URL there may be several machines, and all need the same one."
            yield checks.Error(f"{name.upper()} is not set.", hint=hint, id="facepass.E005")
    if "*" in settings.ALLOWED_HOSTS:
        hint = "It turns off the check of a websocket's origin. Name the hosts."
        yield checks.Error("ALLOWED_HOSTS may not hold *.", hint=hint, id="facepass.E006")


def is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@checks.register
def check_queue(**_: Any) -> Iterator[checks.CheckMessage]:
    """Check that the queue's `retry` outlasts a task and those fetched before it, since a task's lock starts at its
    fetch.
    """
    q: dict[str, Any] = settings.Q_CLUSTER
    longest = q["timeout"] * (1 + q["queue_limit"] / q["workers"])
    if q["retry"] <= longest:
        message = f"Q_CLUSTER: retry is {q['retry']}, and must be above {longest:g}, or tasks run twice."
        yield checks.Error(message, hint="retry > timeout x (1 + queue_limit / workers)", id="facepass.E007")


def list_problems() -> tuple[list[str], list[str]]:
    """Return the errors and the warnings of all checks, those of the database included, one line each."""
    errors: list[str] = []
    warnings: list[str] = []
    for found in checks.run_checks(databases=["default"]):
        if not found.is_silenced() and found.level >= checks.WARNING:
            (errors if found.is_serious() else warnings).append(_line(found))
    return errors, warnings


def _line(found: checks.CheckMessage) -> str:
    where = "" if found.obj is None else f"{found.obj}: "
    text = " ".join(f"{where}{found.msg} {found.hint or ''}".split())
    return f"{found.id}: {text}"
