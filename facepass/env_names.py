"""Names of variables: those of the programs whose place FacePass takes, and names that nobody knows.

docs/moving.md lists what becomes of each former name. A former name is understood where it means the same; the others
are refused with what took their place, since a setting that is ignored in silence is worse than none.
"""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from dotenv import dotenv_values

Variables = Mapping[str, str]

# Former names, and the field that means the same.
RENAMED = {
    "SERVER_HOST": "host",
    "SERVER_PORT": "port",
    "S3_ENDPOINT": "s3_endpoint_url",
    "S3_BUCKET_NAME": "s3_bucket",
    "S3_ACCESS_KEY": "aws_access_key_id",
    "S3_SECRET_KEY": "aws_secret_access_key",
    "S3_REGION": "aws_default_region",
    "AWS_REGION": "aws_default_region",
    "JWT_SECRET_KEY": "secret_key",
    "POSTGRES_URL": "database_url",
    "MAIN_DB_URL": "main_app_database_url",
}
# Former names that mean nothing here, and what took their place.
REFUSED = {
    "ENCRYPTION_KEY": "TEMPLATE_KEY (descriptors) and DATA_KEYS (addresses, secrets) have taken its place",
    "ALLOWED_IMAGE_FORMATS": "pictures are known by their content, whatever their names; RAW_PHOTOS adds raw files",
    "FACE_DETECTION_THRESHOLD": "recognition_settings.quality_filters.min_detection_score has taken its place: "
    "PUT /api/v2/config, or Recognition settings in the admin",
    "FACE_SIMILARITY_THRESHOLD": "recognition_settings.confidence_thresholds.search has taken its place: "
    "PUT /api/v2/config, or Recognition settings in the admin",
    "DATABASE_MAX_OVERFLOW": "DATABASE_POOL_SIZE is the most connections that a web process has",
    "REDIS_CONNECTION_POOL_SIZE": "connections to REDIS_URL are opened as they are needed",
    "ML_SERVICE_TIMEOUT": "no other service is called; ANALYSIS_LEASE_SECONDS is when another worker takes over",
    "APP_NAME": "guests read the name of their studio, which is set in the admin (Advanced, Studios)",
}
# Whole families: descriptors are no longer in a database of their own.
REFUSED_FAMILIES = {
    "POSTGRES_": "DATABASE_URL has taken its place",
    "MAIN_DB_": "MAIN_APP_DATABASE_URL has taken its place",
    "VECTOR_": "descriptors are in the database of DATABASE_URL",
    "REDIS_": "REDIS_URL has taken its place",
}
PRODUCTION = frozenset({"production", "prod", "staging"})
MEGABYTE = 1_000_000

# Families of FacePass's own, in which a name that is unknown is a mistake.
FAMILIES = ("FACEPASS_", "FACE_", "INFERENCE_", "OIDC_", "RATE_LIMIT_", "S3_", "TEMPLATE_KEY_", "DATA_KEYS_")
# Set by FacePass itself, by its tests, or to say where `.env` is.
INTERNAL = frozenset(
    {"FACEPASS_ENV_FILE", "FACEPASS_ROLE", "FACEPASS_SCREENSHOTS", "FACEPASS_TEST_RUN", "FACE_ENGINE_CLASS"}
)
# Read by PostgreSQL's own container image, which may share a file of variables with FacePass.
CONTAINERS = frozenset({"POSTGRES_INITDB_ARGS", "POSTGRES_INITDB_WALDIR", "POSTGRES_HOST_AUTH_METHOD"})
# Kubernetes and Docker tell every container of the services beside it, by such names.
SERVICE_LINK = re.compile(r".*_SERVICE_(HOST|PORT)(_\w+)?|.*_PORT_\d+_(TCP|UDP)(_\w+)?")
# In a file of variables everything is meant for FacePass, or for what runs beside it.
LIKENESS = 0.86


class Server(NamedTuple):
    """Former variables that name a server part by part.

    `parts`: which part each of them says. `needed`: parts without which there is no address.
    """

    field: str
    scheme: str
    port: str
    parts: Variables
    needed: tuple[str, ...]


def _name_parts(prefix: str) -> dict[str, str]:
    parts = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return {f"{prefix}{end}": part for part, end in parts.items()} | {
        f"{prefix}{end}": "name" for end in ("DB", "NAME", "DATABASE")
    }


SERVERS = {
    "POSTGRES_": Server("database_url", "postgresql", "5432", _name_parts("POSTGRES_"), ("host", "user", "name")),
    "MAIN_DB_": Server(
        "main_app_database_url", "postgresql", "5432", _name_parts("MAIN_DB_"), ("host", "user", "name")
    ),
    "REDIS_": Server("redis_url", "redis", "6379", _name_parts("REDIS_") | {"REDIS_USERNAME": "user"}, ("host",)),
}


@dataclass(frozen=True, slots=True)
class FormerNames:
    """What former names say: values by field, the name by which each came, and a line for each that is refused."""

    values: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read_variables(env_file: object) -> dict[str, str]:
    """Return what is set, by names in capitals: in the file, and over it in the environment of this process."""
    return {**_read_file(env_file), **_without_empty(os.environ)}


def translate_former_names(given: Variables) -> FormerNames:
    """Return what the former names among the variables say."""
    found = FormerNames()
    for name, target in RENAMED.items():
        if name in given:
            _add(found, given, target, given[name], name=name)
    for server in SERVERS.values():
        _add_server(found, given, server)
    _add_size(found, given)
    found.problems.extend(_list_refused(given))
    return found


def list_unknown(given: Variables, *, known: Iterable[str]) -> list[str]:
    """Return a line for each variable of our families that is not known; in the file also for what is misspelt."""
    names = {name.upper() for name in known}
    understood = names | list_former_names() | INTERNAL
    strange = [name for name in given if name not in understood and not _is_of_others(name, given[name])]
    return [_describe_unknown(name, names) for name in strange if name.startswith(FAMILIES)]


def list_misspelt(env_file: object, *, known: Iterable[str]) -> list[str]:
    """Return a line for each name of the file that is none of ours, and nearly one."""
    names = {name.upper() for name in known}
    understood = names | list_former_names() | INTERNAL
    strange = [name for name in _read_file(env_file) if name not in understood and not name.startswith(FAMILIES)]
    return [_describe_unknown(name, names) for name in strange if _find_similar(name, names)]


def list_former_names() -> set[str]:
    """Return every former name that is understood, or refused by its own name."""
    parts = {name for server in SERVERS.values() for name in server.parts}
    return {*RENAMED, *REFUSED, *parts, "MAX_UPLOAD_SIZE", "ENVIRONMENT"}


def _read_file(env_file: object) -> dict[str, str]:
    values = dotenv_values(env_file) if isinstance(env_file, str | Path) else {}
    return _without_empty({name: value or "" for name, value in values.items()})


def _without_empty(variables: Variables) -> dict[str, str]:
    return {name.upper(): value for name, value in variables.items() if value}


def _add(found: FormerNames, given: Variables, target: str, value: str, *, name: str) -> None:
    """Take the value, where the variable that took the name's place says nothing, or the same."""
    present = target.upper()
    if given.get(present, value) != value:
        found.problems.append(f"{name}: says otherwise than {present}, which has taken its place; leave it out")
    elif present not in given:
        found.values[target], found.names[target] = value, name


def _add_server(found: FormerNames, given: Variables, server: Server) -> None:
    parts = {part: (name, given[name]) for name, part in server.parts.items() if _is_part(given, name)}
    if not parts:
        return
    if address := given.get(server.field.upper()):
        found.problems.extend(_list_contradictions(parts, address, server))
    elif missing := [part for part in server.needed if part not in parts]:
        others = ", ".join(sorted(name for name, _value in parts.values()))
        wanted = [next(name for name, part in server.parts.items() if part == each) for each in missing]
        found.problems.extend(
            f"{name}: needed where {others} is set; {server.field.upper()} has taken their place" for name in wanted
        )
    else:
        address = _build_address(server.scheme, {part: value for part, (_name, value) in parts.items()})
        _add(found, given, server.field, address, name=parts["host"][0])


def _is_part(given: Variables, name: str) -> bool:
    """Return whether the variable is set, and not by Kubernetes for a service that is called so."""
    return name in given and not given[name].startswith("tcp://")


def _list_contradictions(parts: Mapping[str, tuple[str, str]], address: str, server: Server) -> list[str]:
    url = urlsplit(address)
    known = {
        "host": url.hostname,
        "port": str(url.port or server.port),
        "user": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "name": unquote(url.path[1:]),
    }
    return [
        f"{name}: says otherwise than {server.field.upper()}, which has taken its place; leave it out"
        for part, (name, value) in parts.items()
        if known[part] != value
    ]


def _build_address(scheme: str, parts: Variables) -> str:
    password = f":{quote(parts['password'], safe='')}" if "password" in parts else ""
    user = quote(parts.get("user", ""), safe="")
    host = f"[{parts['host']}]" if ":" in parts["host"] else parts["host"]
    port = f":{parts['port']}" if "port" in parts else ""
    return (
        f"{scheme}://{user}{password}{'@' * bool(user or password)}{host}{port}/{quote(parts.get('name', ''), safe='')}"
    )


def _add_size(found: FormerNames, given: Variables) -> None:
    """Take bytes as whole megabytes, rounded up: what was taken before is taken still."""
    size = given.get("MAX_UPLOAD_SIZE", "")
    if size.isdecimal() and int(size) >= MEGABYTE:
        _add(found, given, "max_upload_mb", str(ceil(int(size) / MEGABYTE)), name="MAX_UPLOAD_SIZE")
    elif size:
        found.problems.append("MAX_UPLOAD_SIZE: expected bytes, at least 1000000; MAX_UPLOAD_MB has taken its place")


def _list_refused(given: Variables) -> list[str]:
    lines = [f"{name}: to be left out: {instead}" for name, instead in REFUSED.items() if name in given]
    stage = given.get("ENVIRONMENT", "production").lower()
    if stage not in PRODUCTION:
        lines.append(
            f"ENVIRONMENT: to be left out: FacePass runs as in production; DEBUG=true has taken {stage}'s place"
        )
    return lines + [f"{name}: to be left out: {why}" for name in given for why in _find_family(name, given[name])]


def _find_family(name: str, value: str) -> list[str]:
    """Return what took the place of a name that only its family makes known."""
    if name in list_former_names() | CONTAINERS | {"REDIS_URL"} or _is_of_others(name, value):
        return []
    return [why for family, why in REFUSED_FAMILIES.items() if name.startswith(family)]


def _is_of_others(name: str, value: str) -> bool:
    return SERVICE_LINK.fullmatch(name) is not None or (name.endswith("_PORT") and value.startswith("tcp://"))


def _describe_unknown(name: str, known: set[str]) -> str:
    similar = _find_similar(name, known)
    return f"{name}: unknown" + (f"; {similar} was meant, perhaps" if similar else "; .env.example names all there are")


def _find_similar(name: str, known: set[str]) -> str:
    return next(iter(difflib.get_close_matches(name, sorted(known), n=1, cutoff=LIKENESS)), "")
