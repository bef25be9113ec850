"""The environment, typed and validated once, at start.

Every setting that differs between installations is a field here and a line in `.env.example`.
A value that does not fit stops the program with one line that names the variable. `FACEPASS_ENV_FILE` names another
file than `.env`; tests point it nowhere.
"""

import os
import sys
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, IPvAnyAddress, IPvAnyNetwork, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

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
    "template_key": "64 hexadecimal characters (32 bytes)",
    "face_pack": "auto, or the name of a model pack such as opencv_zoo or buffalo_l",
    "face_engine": "to be left out: FACE_PACK has taken its place",
    "insightface_pack": "to be left out: FACE_PACK has taken its place",
    "inference_device": "auto, cpu or cuda",
    "inference_runtime": "auto, onnxruntime or openvino",
    "inference_threads": "a whole number from 1 to 64",
    "model_idle_seconds": "a whole number of seconds, 0 for never, at most 86400",
    "max_upload_mb": "a whole number of megabytes from 1 to 500",
    "max_pixels_mp": "a whole number of megapixels from 1 to 500",
    "rate_limit_requests_per_minute": "a whole number from 1 to 100000",
    "rate_limit_burst": "a whole number from 1 to 100000",
    "rate_limit_key_requests_per_minute": "a whole number from 1 to 1000000",
    "rate_limit_key_burst": "a whole number from 1 to 1000000",
    "trusted_proxies": "how many proxies stand before the server, from 0 to 10",
    "cors_allowed_origins": "origins separated by commas, such as https://app.example.com,http://localhost:3000",
    "workers": "a whole number from 1 to 64",
    "analysis_lease_seconds": "a whole number of seconds from 2 to 3600",
    "trash_days": "a whole number of days from 0 to 365",
    "webhook_allowed_networks": "networks separated by commas, such as 10.1.0.0/16,127.0.0.1/32",
    "email_url": "smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://USER:PASSWORD@HOST:465",
    "email_from": "an e-mail address, such as photos@example.com",
    "oauth2_enabled": "true or false",
    "s3_bucket": "the name of a bucket",
    "s3_endpoint_url": "http://HOST:PORT or https://HOST",
    "language_code": "en or ru",
    "time_zone": "a name such as Europe/Moscow",
    "metrics_token": "at least 16 characters",
    "log_level": "DEBUG, INFO, WARNING or ERROR",
}


class Environment(BaseSettings):
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
    public_url: str = ""
    database_url: str = ""
    main_app_database_url: str = ""
    redis_url: str = ""
    debug: bool = False
    secret_key: str = Field("", min_length=32)
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    template_key: str = Field("", pattern=r"^[0-9a-fA-F]{64}$")

    face_pack: str = Field(AUTO, pattern=PACK_NAME)
    # Former names, understood for this one version: see `wanted_pack` and check W005.
    face_engine: Literal["", "auto", "insightface", "dlib"] = ""
    insightface_pack: str = Field("", pattern=PACK_NAME)
    inference_device: Literal["auto", "cpu", "cuda"] = "auto"
    inference_runtime: Literal["auto", "onnxruntime", "openvino"] = "auto"
    inference_threads: int = Field(1, ge=1, le=64)
    model_idle_seconds: int = Field(900, ge=0, le=86400)

    max_upload_mb: int = Field(25, ge=1, le=500)
    max_pixels_mp: int = Field(60, ge=1, le=500)
    rate_limit_requests_per_minute: int = Field(60, ge=1, le=100_000)
    rate_limit_burst: int = Field(10, ge=1, le=100_000)
    rate_limit_key_requests_per_minute: int = Field(600, ge=1, le=1_000_000)
    rate_limit_key_burst: int = Field(100, ge=1, le=1_000_000)
    trusted_proxies: int = Field(0, ge=0, le=10)
    cors_allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    workers: int | None = Field(None, ge=1, le=64)
    analysis_lease_seconds: int = Field(120, ge=2, le=3600)

    trash_days: int = Field(7, ge=0, le=365)

    webhook_allowed_networks: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()

    email_url: str = ""
    email_from: str = Field("", pattern=r"^[^@\s]+@[^@\s]+$")

    oauth2_enabled: bool = False

    s3_bucket: str = ""
    s3_endpoint_url: str = ""

    metrics_token: str = Field("", min_length=16)

    language_code: Literal["en", "ru"] = "en"
    time_zone: str = "UTC"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

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

    @field_validator("allowed_hosts", "cors_allowed_origins", "webhook_allowed_networks", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, value: str) -> str:
        return _url(value, schemes=("postgresql", "postgres"), needs_path=True)

    @field_validator("main_app_database_url")
    @classmethod
    def _postgresql_or_socket(cls, value: str) -> str:
        """A socket has no place in a URL but `?host=/run/postgresql`."""
        at_socket = "host=" in urlsplit(value).query
        return _url(value, schemes=("postgresql", "postgres"), needs_path=True, needs_host=not at_socket)

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        return _url(value, schemes=("redis", "rediss"))

    @field_validator("email_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        return _url(value, schemes=("smtp", "smtps"))

    @field_validator("public_url", "s3_endpoint_url")
    @classmethod
    def _http(cls, value: str) -> str:
        return _url(value, schemes=("http", "https")).rstrip("/")

    @field_validator("cors_allowed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(_url(origin, schemes=("http", "https")))
            if origin != f"{parts.scheme}://{parts.netloc}":
                raise ValueError("more than an origin")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        from zoneinfo import available_timezones  # noqa: PLC0415 - reads a folder; only when validating

        if value not in available_timezones():
            raise ValueError("unknown time zone")
        return value


def _url(value: str, *, schemes: tuple[str, ...], needs_path: bool = False, needs_host: bool = True) -> str:
    parts = urlsplit(value)
    incomplete = (needs_host and not parts.hostname) or (needs_path and len(parts.path) < 2)
    if value and (parts.scheme not in schemes or incomplete):
        raise ValueError("not such an address")
    return value


def load_environment() -> Environment:
    """Return the validated environment. Exit with one line per wrong variable."""
    try:
        return Environment()
    except ValidationError as error:
        lines = sorted({f"{str(e['loc'][0]).upper()}: expected {EXPECTED[str(e['loc'][0])]}" for e in error.errors()})
        sys.stderr.write("".join(f"FacePass cannot start: {line}\n" for line in lines))
        raise SystemExit(2) from None
