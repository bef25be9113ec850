"""What the values of the environment have to be like, where a type does not say it, and which need another one."""

from collections.abc import Mapping
from ipaddress import ip_network
from urllib.parse import urlsplit

from pydantic_settings import BaseSettings

from facepass.core.public_address import normalise_host, normalise_origin

# A claim within another one is reached by dots.
CLAIM_NAME = r"^[A-Za-z0-9_:/-]+(\.[A-Za-z0-9_:/-]+)*$"
# As `facepass.models.Role` has them, which no setting may import.
ROLES = frozenset({"owner", "manager", "photographer", "verifier", "viewer"})
OIDC_OPTIONS = ("oidc_name", "oidc_scopes", "oidc_username_claim", "oidc_roles_claim", "oidc_studio_claim")
# Variables that others need, and which.
NEEDED_BY = {
    "oidc_issuer": ("oidc_client_id", "oidc_client_secret", "password_login", *OIDC_OPTIONS),
    "oidc_client_id": ("oidc_issuer", "oidc_client_secret"),
    "oidc_client_secret": ("oidc_issuer", "oidc_client_id"),
    "oidc_roles_claim": ("oidc_studio_claim",),
    "s3_bucket": ("s3_endpoint_url", "s3_public_endpoint_url", "s3_machine_role"),
    "s3_endpoint_url": ("s3_bucket",),
    "aws_access_key_id": ("s3_bucket", "aws_secret_access_key", "aws_session_token"),
    "aws_secret_access_key": ("s3_bucket", "aws_access_key_id", "aws_session_token"),
    "backup_recipient": ("backup_to",),
    "ftp_port": ("ftp_certificate", "ftp_plain_networks"),
    "ftp_certificate": ("ftp_certificate_key",),
}
# What stands in for one of them: back-ups may have the only bucket; of Amazon's own the region says where it is; a
# host that only restores has the other key.
INSTEAD = {
    "s3_bucket": "backup_to",
    "s3_endpoint_url": "aws_default_region",
    "aws_access_key_id": "s3_machine_role",
    "aws_secret_access_key": "s3_machine_role",
    "backup_recipient": "backup_identity",
}


def split_at_commas(value: object) -> object:
    """Return the parts of a text between its commas; anything else as it is."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def check_hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return host names as they are compared. Raise ValueError.

    `.example.com` stands for all names below it, and check E006 has a word on `*`.
    """
    return tuple(host if host == "*" else _host_pattern(host) for host in value)


def _host_pattern(host: str) -> str:
    return "." * host.startswith(".") + normalise_host(host.removeprefix("."))


def check_origin(value: str) -> str:
    return normalise_origin(value) if value else ""


def check_origins(value: tuple[str, ...]) -> tuple[str, ...]:
    if any(origin.endswith("/") for origin in value):
        raise ValueError("more than an origin")
    return tuple(map(normalise_origin, value))


def check_database(value: str) -> str:
    """Return a database's address. A socket has no place in a URL but `?host=/run/postgresql`. Raise ValueError."""
    at_socket = "host=" in urlsplit(value).query
    return check_url(value, schemes=("postgresql", "postgres"), needs_path=True, needs_host=not at_socket)


def check_url(value: str, *, schemes: tuple[str, ...], needs_path: bool = False, needs_host: bool = True) -> str:
    """Return the address. Raise ValueError for another kind."""
    parts = urlsplit(value)
    incomplete = (needs_host and not parts.hostname) or (needs_path and len(parts.path) < 2)
    if value and (parts.scheme not in schemes or incomplete):
        raise ValueError("not such an address")
    return value


def check_http(value: str) -> str:
    return check_url(value, schemes=("http", "https")).rstrip("/")


def check_redis(value: str) -> str:
    return check_url(value, schemes=("redis", "rediss"))


def check_mail_server(value: str) -> str:
    return check_url(value, schemes=("smtp", "smtps"))


def check_scanner(value: str) -> str:
    at_socket = value.startswith("unix:")
    return check_url(value, schemes=("tcp", "unix"), needs_path=at_socket, needs_host=not at_socket)


def check_proxies(value: str) -> str:
    """Return addresses and networks as uvicorn takes them. Raise ValueError for anything else."""
    for part in value.split(",") if value not in ("", "*") else ():
        ip_network(part.strip())
    return value


def check_zone(value: str) -> str:
    """Return the name of a time zone. Raise ValueError for an unknown one."""
    from zoneinfo import available_timezones  # noqa: PLC0415 - reads a folder; only when validating

    if value not in available_timezones():
        raise ValueError("unknown time zone")
    return value


def check_issuer(value: str) -> str:
    """Return the address of a provider. Only one on this machine may be called without TLS. Raise ValueError."""
    is_local = urlsplit(value).hostname in ("localhost", "127.0.0.1")
    return check_url(value, schemes=("https", "http") if is_local else ("https",))


def check_roles(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return the roles, or `all`; nothing for `none`. Raise ValueError for what is neither."""
    if value not in [("none",), ("all",)] and not ROLES.issuperset(value):
        raise ValueError("neither roles nor one of the two words")
    return () if value == ("none",) else value


def list_missing(env: BaseSettings, expected: Mapping[str, str]) -> list[str]:
    """Return a line for each variable that others need which are set to something that matters."""
    defaults = type(env).model_fields
    given = {name for name in env.model_fields_set if getattr(env, name) != defaults[name].default}
    return [
        f"{name.upper()}: needed where {', '.join(others).upper()} is set; {_describe_wanted(name, expected)}"
        for name, wanting in NEEDED_BY.items()
        if not (name in given or INSTEAD.get(name) in given) and (others := [one for one in wanting if one in given])
    ]


def _describe_wanted(name: str, expected: Mapping[str, str]) -> str:
    other = INSTEAD.get(name)
    return f"expected {expected[name]}" + (f", or {other.upper()}: {expected[other]}" if other else "")
