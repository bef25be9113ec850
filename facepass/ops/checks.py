"""System checks: report at start what would otherwise fail later, one line each."""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connections, transaction

from facepass.core.errors import FacePassError
from facepass.core.keys.configured_secrets import secret_source
from facepass.core.keys.sources import SecretUnavailable

MIN_PGVECTOR = (0, 8)


@checks.register(checks.Tags.database)
def check_pgvector(*, databases: Sequence[str] | None = None, **_: Any) -> Iterator[checks.CheckMessage]:
    """Check that the database answers, with pgvector 0.8 or newer, which brought iterative index scans and halfvec."""
    for alias in databases or ():
        try:
            found = read_pgvector(alias)
        except DatabaseError as error:
            yield checks.Error(
                f"The database does not answer: {str(error).strip().splitlines()[0]}", id="facepass.E001"
            )
            continue
        if problem := found.problem:
            yield checks.Error(f"The database: {problem}", id="facepass.E002")


@dataclass(frozen=True, slots=True)
class Pgvector:
    """Which version of pgvector is created in a database, which one could be, and whether our role may create it."""

    created: str | None
    available: str | None
    may_create: bool

    @property
    def problem(self) -> str:
        """What is wrong and what to do, in one line; empty where all is well."""
        found = self.created or self.available
        if found is None:
            return "pgvector is not on the server. Install its package, postgresql-NN-pgvector."
        if tuple(int(part) for part in found.split(".")[:2]) < MIN_PGVECTOR:
            return f"pgvector {found} is too old. 0.8 or newer is needed."
        if not self.created and not self.may_create:
            return "pgvector is not created in this database. As its superuser: CREATE EXTENSION vector;"
        return ""


PGVECTOR = """
    SELECT installed_version, default_version, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR coalesce(
        has_database_privilege(current_database(), 'CREATE')
        AND (SELECT trusted FROM pg_available_extension_versions WHERE name = 'vector' AND version = e.default_version),
        false)
    FROM (SELECT 1) one LEFT JOIN pg_available_extensions e ON e.name = 'vector'
"""


def read_pgvector(alias: str = "default") -> Pgvector:
    with connections[alias].cursor() as cursor:
        cursor.execute(PGVECTOR)
        return Pgvector(*cursor.fetchone())


@checks.register
def check_face_engine(**_: Any) -> Iterator[checks.CheckMessage]:
    from recognition.engines import registry  # noqa: PLC0415 - reads models, which load after this module
    from recognition.runtimes.devices import inference_device, may_use_openvino  # noqa: PLC0415 - as the next

    try:
        registry.engine_in_use()
        inference_device()
        may_use_openvino()
    except FacePassError as refusal:
        if refusal.code in registry.NOTHING_COMPARABLE:  # everything else goes on
            yield checks.Warning(refusal.message, id=f"facepass.{'W004' if refusal.code == 'model_gone' else 'W009'}")
        else:
            yield checks.Error(refusal.message, id="facepass.E003")


@checks.register
def check_former_names(**_: Any) -> Iterator[checks.CheckMessage]:
    env = settings.ENV
    if env.former_names:
        message = f"{' and '.join(env.former_names)} will not be understood in the next version."
        yield checks.Warning(message, hint=f"Set FACE_PACK={env.wanted_pack} in their place.", id="facepass.W005")


@checks.register(checks.Tags.database)
def check_data_keys(*, databases: Sequence[str] | None = None, **_: Any) -> Iterator[checks.CheckMessage]:
    """Check that the ring can be read, and has every key that sealed something."""
    from facepass.ops import key_rotation  # noqa: PLC0415 - reads models, which load after this module

    if not databases:
        return
    try:
        with transaction.atomic():  # tables that are not there yet must not break the caller's transaction
            missing = key_rotation.count_missing_keys()
    except SecretUnavailable as error:
        yield checks.Error(str(error), id="facepass.E009")
    except DatabaseError:
        return  # before the first migration
    else:
        for name, number in sorted(missing.items()):
            message = f"{number} addresses or secrets cannot be read: key {name} sealed them, and is not in the ring."
            yield checks.Warning(message, hint="Put that key back behind the others of DATA_KEYS.", id="facepass.W010")


@checks.register(checks.Tags.security)
def check_production(**_: Any) -> Iterator[checks.CheckMessage]:
    env = settings.ENV
    if settings.DEBUG and not is_local(settings.PUBLIC_URL):
        yield checks.Error(
            "DEBUG shows secrets to guests.", hint=f"PUBLIC_URL is {settings.PUBLIC_URL}.", id="facepass.E004"
        )
    for name in ("secret_key", "template_key"):
        if env.database_url and not secret_source(env, name).is_set:
            hint = "With DATABASE_URL there may be several machines, and all need the same one."
            yield checks.Error(f"{name.upper()} is not set.", hint=hint, id="facepass.E005")
    if "*" in settings.ALLOWED_HOSTS:
        hint = "It turns off the check of a websocket's origin. Name the hosts."
        yield checks.Error("ALLOWED_HOSTS may not hold *.", hint=hint, id="facepass.E006")


@checks.register(checks.Tags.security)
def check_reachable(**_: Any) -> Iterator[checks.CheckMessage]:
    env = settings.ENV
    if env.host.is_unspecified and not env.public_url and not env.allowed_hosts:
        message = f"HOST={env.host} lets other machines in, but the server answers to none of their addresses for it."
        hint = "Set PUBLIC_URL to the address that they open, such as http://192.168.1.20:8000."
        yield checks.Warning(message, hint=hint, id="facepass.W008")


@checks.register
def check_raw_photos(**_: Any) -> Iterator[checks.CheckMessage]:
    from recognition.pictures.decoders import raw_files  # noqa: PLC0415 - decoders load after this module

    if settings.RAW_PHOTOS and not raw_files.is_available():
        hint = "Run .venv/bin/pip install -r requirements-raw.txt, or leave RAW_PHOTOS out."
        yield checks.Error("RAW_PHOTOS needs the package rawpy.", hint=hint, id="facepass.E008")


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
