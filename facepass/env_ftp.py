"""Variables of the FTP server for cameras (docs/cameras.md). Without FTP_PORT there is none."""

import re
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, IPvAnyAddress, IPvAnyNetwork, field_validator
from pydantic_settings import BaseSettings, NoDecode

from facepass.env_values import split_at_commas

FTP_EXPECTED = {
    "ftp_port": "a TCP port from 1 to 65535",
    "ftp_host": "an address to listen on, such as 0.0.0.0",
    "ftp_certificate": "a file with a certificate and its chain, in PEM",
    "ftp_certificate_key": "a file with the certificate's key, in PEM",
    "ftp_plain_networks": "private networks separated by commas, such as 192.168.10.0/24",
    "ftp_passive_ports": "a range of TCP ports, such as 50000-50099",
    "ftp_public_address": "an IPv4 address that cameras reach, such as 203.0.113.5",
}


def check_closed(networks: tuple[IPvAnyNetwork, ...]) -> tuple[IPvAnyNetwork, ...]:
    """Return the networks. Raise ValueError where one is not private: passwords go through it unencrypted."""
    if not all(network.is_private for network in networks):
        raise ValueError("not private")
    return networks


def check_port_range(value: str) -> str:
    """Return the range. Raise ValueError for what is none."""
    found = re.fullmatch(r"(\d{1,5})-(\d{1,5})", value)
    if found is None or not 1024 <= int(found[1]) <= int(found[2]) <= 65535:
        raise ValueError("not a range of ports")
    return value


class FtpEnvironment(BaseSettings):
    """Inherited by the whole environment."""

    ftp_port: int | None = Field(None, ge=1, le=65535)
    ftp_host: IPvAnyAddress = Field(default_factory=lambda: IPv4Address("0.0.0.0"))  # noqa: S104 - cameras are elsewhere
    ftp_certificate: Path | None = None
    ftp_certificate_key: Path | None = None
    ftp_plain_networks: Annotated[tuple[IPvAnyNetwork, ...], NoDecode, AfterValidator(check_closed)] = ()
    ftp_passive_ports: Annotated[str, AfterValidator(check_port_range)] = "50000-50099"
    ftp_public_address: IPv4Address | None = None

    @field_validator("ftp_plain_networks", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        return split_at_commas(value)


def list_ftp_problems(env: FtpEnvironment) -> list[str]:
    """Return a line where the server would have to refuse every camera."""
    if env.ftp_port is None or env.ftp_certificate is not None or env.ftp_plain_networks:
        return []
    expected = FTP_EXPECTED["ftp_certificate"]
    return [f"FTP_CERTIFICATE: needed where FTP_PORT is set and FTP_PLAIN_NETWORKS is not; expected {expected}"]
