"""The environment, typed and validated once, at start.

Every setting that differs between installations is a field here and a line in `.env.example`.
A value that does not fit stops the program with one line that names the variable, and so does a name that nobody knows;
former names are understood (`env_names`). `FACEPASS_ENV_FILE` names another
file than `.env`; tests point it nowhere.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Literal, NoReturn

from pydantic import (
    AfterValidator,
    Field,
    IPvAnyAddress,
    IPvAnyNetwork,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import NoDecode, SettingsConfigDict

from facepass import env_names
from facepass.core.public_address import NotAnAddress
from facepass.env_ftp import FTP_EXPECTED, FtpEnvironment, list_ftp_problems
from facepass.env_values import (
    CLAIM_NAME,
    check_database,
    check_hosts,
    check_http,
    check_issuer,
    check_mail_server,
    check_origin,
    check_origins,
    check_proxies,
    check_redis,
    check_roles,
    check_scanner,
    check_zone,
    list_missing,
    split_at_commas,
)

BASE_DIR = Path(__file__).resolve().parent.parent
# FACE_PACK: the active version's pack, or the best that is installed.
AUTO = "auto"
PACK_NAME = r"^[A-Za-z0-9_.-]+$"

# What each variable should look like, for the message when it does not.
EXPECTED = {
    "facepass_home": "a folder that you may write, such as /srv/facepass",
    "host": "an address to listen on, such as 127.0.0.1 or 0.0.0.0",
    "port": "a TCP port from 1 to 65535",
    "public_url": "an address that guests can open, such as https://photos.example.com",
    "database_url": "postgresql://USER:PASSWORD@HOST:5432/NAME",
    "main_app_database_url": "postgresql://READER:PASSWORD@HOST:5432/NAME?sslmode=verify-full",
    "redis_url": "redis://HOST:6379/0",
    "debug": "true or false",
    "secret_key": "at least 32 random characters",
    "allowed_hosts": "host names separated by commas, such as photos.example.com,localhost",
    "secret_key_file": "a file with at least 32 random characters",
    "secret_key_command": "a command that prints at least 32 random characters",
    "template_key": "64 hexadecimal characters (32 bytes)",
    "template_key_file": "a file with 64 hexadecimal characters (32 bytes)",
    "template_key_command": "a command that prints 64 hexadecimal characters (32 bytes)",
    "data_keys": "keys of 64 hexadecimal characters, separated by commas, the newest first",
    "data_keys_file": "a file with keys of 64 hexadecimal characters, one a line, the newest first",
    "data_keys_command": "a command that prints keys of 64 hexadecimal characters, one a line, the newest first",
    "secrets_folder": "a folder outside the database's and the photos', such as /etc/facepass/secrets",
    "face_pack": "auto, or the name of a model pack such as opencv_zoo or buffalo_l",
    "face_engine": "to be left out: FACE_PACK has taken its place",
    "insightface_pack": "to be left out: FACE_PACK has taken its place",
    "inference_device": "auto, cpu or cuda",
    "inference_runtime": "auto, onnxruntime or openvino",
    "inference_threads": "a whole number from 1 to 64",
    "model_idle_seconds": "a whole number of seconds, 0 for never, at most 86400",
    "max_upload_mb": "a whole number of megabytes from 1 to 500",
    "max_pixels_mp": "a whole number of megapixels from 1 to 500",
    "raw_photos": "true or false",
    "rate_limit_requests_per_minute": "a whole number from 1 to 100000",
    "rate_limit_burst": "a whole number from 1 to 100000",
    "rate_limit_key_requests_per_minute": "a whole number from 1 to 1000000",
    "rate_limit_key_burst": "a whole number from 1 to 1000000",
    "forwarded_allow_ips": "addresses or networks of proxies separated by commas, or *",
    "trusted_proxies": "how many proxies stand before the server, from 0 to 10",
    "cors_allowed_origins": "origins separated by commas, such as https://app.example.com,http://localhost:3000",
    "workers": "a whole number from 0 to 64",
    "web_processes": "a whole number from 1 to 64",
    "drain_seconds": "a whole number of seconds from 0 to 300",
    "database_pool_size": "a whole number from 2 to 200",
    "database_wait_seconds": "a whole number of seconds from 0 to 3600",
    "analysis_lease_seconds": "a whole number of seconds from 2 to 3600",
    "trash_days": "a whole number of days from 0 to 365",
    "consent_record_days": "a whole number of days from 0 to 3653",
    "backup_to": "a folder, or s3://BUCKET/PREFIX",
    "backup_recipient": "a public key of age (age1…), as manage.py backup --new-key FILE prints it",
    "backup_identity": "the file of the secret key of age",
    "backup_keep": "a whole number from 1 to 1000",
    "audit_days": "a whole number of days from 30 to 3650",
    "webhook_allowed_networks": "networks separated by commas, such as 10.1.0.0/16,127.0.0.1/32",
    "email_url": "smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://USER:PASSWORD@HOST:465",
    "email_from": "an e-mail address, such as photos@example.com",
    "update_check_url": "https://HOST/PATH, which answers with the latest release as JSON",
    "clamav_url": "tcp://HOST:3310, or unix:///run/clamav/clamd.ctl",
    "oauth2_enabled": "true or false",
    "require_two_factor": "none, all, or roles separated by commas, such as owner,manager",
    "password_login": "true, or false where OIDC_ISSUER is set",
    "oidc_issuer": "https://HOST/PATH, as the provider names itself",
    "oidc_client_id": "what the provider calls FacePass",
    "oidc_client_secret": "the secret that belongs to OIDC_CLIENT_ID",
    "oidc_name": "what the button to sign in says, at most 40 characters",
    "oidc_scopes": "scopes separated by blanks, openid among them",
    "oidc_username_claim": "the name of a claim, such as preferred_username",
    "oidc_roles_claim": "the name of a claim, such as groups or realm_access.roles",
    "oidc_studio_claim": "the name of a claim",
    "s3_public_endpoint_url": "http://HOST:PORT or https://HOST, as browsers reach the bucket",
    "s3_addressing_style": "auto, path or virtual",
    "s3_bucket": "the name of a bucket",
    "s3_endpoint_url": "http://HOST:PORT or https://HOST",
    "s3_machine_role": "true where the machine's role opens the bucket, so that there are no keys",
    "aws_access_key_id": "the name of the key that opens the bucket",
    "aws_secret_access_key": "the secret that belongs to AWS_ACCESS_KEY_ID",
    "aws_session_token": "the token of a key that is lent for a while",
    "aws_default_region": "the bucket's region, such as eu-central-1",
    "language_code": "en or ru",
    "time_zone": "a name such as Europe/Moscow",
    "metrics_token": "at least 16 characters",
    "log_level": "DEBUG, INFO, WARNING or ERROR",
    "log_format": "line or json",
    "slow_request_ms": "a whole number of milliseconds, 0 for never, at most 600000",
    **FTP_EXPECTED,
}


class Environment(FtpEnvironment):
    """One field per variable; the variable is the field's name in capitals."""

    # Defaults are not validated: an empty secret means "make one", though nobody may set so short a one.
    model_config = SettingsConfigDict(
        env_file=os.environ.get("FACEPASS_ENV_FILE", BASE_DIR / ".env"),
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        validate_default=False,
    )

    facepass_home: Path = BASE_DIR / "var"
    host: IPvAnyAddress = Field(default_factory=lambda: IPv4Address("127.0.0.1"))
    port: int = Field(8000, ge=1, le=65535)
    public_url: Annotated[str, AfterValidator(check_origin)] = ""
    database_url: Annotated[str, AfterValidator(check_database)] = ""
    main_app_database_url: Annotated[str, AfterValidator(check_database)] = ""
    redis_url: Annotated[str, AfterValidator(check_redis)] = ""
    debug: bool = False
    secret_key: str = Field("", min_length=32)
    secret_key_file: Path | None = None
    secret_key_command: str = ""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, AfterValidator(check_hosts)] = ()
    template_key: str = Field("", pattern=r"^[0-9a-fA-F]{64}$")
    template_key_file: Path | None = None
    template_key_command: str = ""
    data_keys: str = Field("", pattern=r"^[0-9a-fA-F]{64}(\s*,\s*[0-9a-fA-F]{64})*$")
    data_keys_file: Path | None = None
    data_keys_command: str = ""
    secrets_folder: Path | None = None

    face_pack: str = Field(AUTO, pattern=PACK_NAME)
    # Former names, understood for this one version: see `wanted_pack` and check W005.
    face_engine: Literal["", "auto", "insightface", "dlib"] = ""
    insightface_pack: str = Field("", pattern=PACK_NAME)
    inference_device: Literal["auto", "cpu", "cuda"] = "auto"
    inference_runtime: Literal["auto", "onnxruntime", "openvino"] = "auto"
    inference_threads: int = Field(1, ge=1, le=64)
    model_idle_seconds: int = Field(900, ge=0, le=86400)

    max_upload_mb: int = Field(60, ge=1, le=500)
    max_pixels_mp: int = Field(150, ge=1, le=500)
    raw_photos: bool = False
    rate_limit_requests_per_minute: int = Field(60, ge=1, le=100_000)
    rate_limit_burst: int = Field(10, ge=1, le=100_000)
    rate_limit_key_requests_per_minute: int = Field(600, ge=1, le=1_000_000)
    rate_limit_key_burst: int = Field(100, ge=1, le=1_000_000)
    forwarded_allow_ips: Annotated[str, AfterValidator(check_proxies)] = ""
    trusted_proxies: int = Field(0, ge=0, le=10)
    cors_allowed_origins: Annotated[tuple[str, ...], NoDecode, AfterValidator(check_origins)] = ()
    workers: int | None = Field(None, ge=0, le=64)
    web_processes: int | None = Field(None, ge=1, le=64)
    drain_seconds: int | None = Field(None, ge=0, le=300)
    database_pool_size: int = Field(20, ge=2, le=200)
    database_wait_seconds: int = Field(60, ge=0, le=3600)
    analysis_lease_seconds: int = Field(120, ge=2, le=3600)

    trash_days: int = Field(7, ge=0, le=365)
    consent_record_days: int = Field(1461, ge=0, le=3653)
    audit_days: int = Field(730, ge=30, le=3650)

    backup_to: str = ""
    backup_recipient: str = Field("", pattern=r"^age1[0-9a-z]+$")
    backup_identity: Path | None = None
    backup_keep: int = Field(14, ge=1, le=1000)

    webhook_allowed_networks: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()

    email_url: Annotated[str, AfterValidator(check_mail_server)] = ""
    email_from: str = Field("", pattern=r"^[^@\s]+@[^@\s]+$")

    update_check_url: Annotated[str, AfterValidator(check_http)] = ""
    clamav_url: Annotated[str, AfterValidator(check_scanner)] = ""

    oauth2_enabled: bool = False

    require_two_factor: Annotated[tuple[str, ...], NoDecode, AfterValidator(check_roles)] = ()
    password_login: bool = True
    oidc_issuer: Annotated[str, AfterValidator(check_issuer)] = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_name: str = Field("", max_length=40)
    oidc_scopes: str = Field("openid email profile", pattern=r"^(\S+ )*openid( \S+)*$")
    oidc_username_claim: str = Field("preferred_username", pattern=CLAIM_NAME)
    oidc_roles_claim: str = Field("", pattern=CLAIM_NAME)
    oidc_studio_claim: str = Field("", pattern=CLAIM_NAME)

    s3_public_endpoint_url: Annotated[str, AfterValidator(check_http)] = ""
    s3_addressing_style: Literal["auto", "path", "virtual"] = "auto"
    s3_bucket: str = ""
    s3_endpoint_url: Annotated[str, AfterValidator(check_http)] = ""
    s3_machine_role: bool = False
    aws_access_key_id: str = ""
    aws_secret_access_key: str = ""
    aws_session_token: str = ""
    aws_default_region: str = Field("", pattern=r"^[a-z0-9-]+$")

    metrics_token: str = Field("", min_length=16)

    language_code: Literal["en", "ru"] = "en"
    time_zone: Annotated[str, AfterValidator(check_zone)] = "UTC"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["line", "json"] = "line"
    slow_request_ms: int = Field(1000, ge=0, le=600_000)

    @property
    def wanted_pack(self) -> str:
        """The pack that FACE_PACK asks for or, where it is not set, that its former names ask for.

        INSIGHTFACE_PACK alone asked for nothing that the active version would not decide, and dlib has gone.
        """
        if "face_pack" in self.model_fields_set or self.face_engine != "insightface":
            return self.face_pack
        return self.insightface_pack or "buffalo_l"

    @property
    def former_names(self) -> list[str]:
        """The variables that are set although FACE_PACK has taken their place."""
        return [name.upper() for name in ("face_engine", "insightface_pack") if getattr(self, name)]

    @field_validator("facepass_home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        folder = value.expanduser().absolute()
        existing = next(place for place in (folder, *folder.parents) if place.exists())
        if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
            raise ValueError("not a folder that this user may write")
        return folder

    @field_validator("secrets_folder")
    @classmethod
    def _apart_from_what_it_protects(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        folder, home = value and value.expanduser().absolute(), info.data.get("facepass_home")
        if folder and home and any(folder.is_relative_to(home / name) for name in ("pgdata", "media")):
            raise ValueError("beside what it protects")
        return folder

    @field_validator(
        "allowed_hosts", "cors_allowed_origins", "webhook_allowed_networks", "require_two_factor", mode="before"
    )
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return split_at_commas(value)


def load_environment() -> Environment:
    """Return the validated environment. Exit with one line per variable that is wrong, unknown or half-set."""
    known, file = Environment.model_fields.keys(), Environment.model_config["env_file"]
    given = env_names.read_variables(file)
    found = env_names.translate_former_names(given)
    unknown = [*env_names.list_unknown(given, known=known), *env_names.list_misspelt(file, known=known)]
    lines = {*found.problems, *unknown}
    try:
        env = Environment(**found.values)  # type: ignore[arg-type] # texts, which pydantic reads as those of variables
    except ValidationError as error:
        lines |= {_describe(e, found.names) for e in error.errors()}
    else:
        lines |= {*list_missing(env, EXPECTED), *list_ftp_problems(env)}
    if lines:
        _stop(lines)
    return env


def _stop(lines: Iterable[str]) -> NoReturn:
    sys.stderr.write("".join(f"FacePass cannot start: {line}\n" for line in sorted(lines)))
    raise SystemExit(2) from None


def _describe(error: ErrorDetails, names: Mapping[str, str]) -> str:
    """Return what is wrong with a variable, with the reason where that says more than what was expected."""
    name, reason = str(error["loc"][0]), error.get("ctx", {}).get("error")
    why = f"{reason}; " if isinstance(reason, NotAnAddress) else ""
    return f"{names.get(name, name.upper())}: {why}expected {EXPECTED[name]}"
