"""Cameras: clients of Python's own FTP library, and the real server in a thread, which they connect to."""

import ftplib
import io
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begun = datetime(2026, 1, 1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(begun)
    signed = made.not_valid_after(begun + timedelta(days=36500)).sign(key, hashes.SHA256())
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


class Camera(ftplib.FTP):
    """A camera without encryption."""

    def send(self, path: str, content: bytes) -> str:
        """Send a file and return the reply; one that refuses is raised."""
        return self.storbinary(f"STOR {path}", io.BytesIO(content))


class SecureCamera(ftplib.FTP_TLS):
    """A camera that encrypts, and takes any certificate, as most do."""

    send = Camera.send


def unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.fixture
def ftp_server(settings: Any, tmp_path: Path) -> Iterator[Callable[..., int]]:
    """Return what starts a server as the settings are, and returns its port."""
    from sessions_app.ftp.server import build_server

    stopping, threads = threading.Event(), []

    def serve(server: Any) -> None:
        while not stopping.is_set():
            server.serve_forever(timeout=0.01, blocking=False, handle_exit=False)
        server.close_all()

    def start() -> int:
        server = build_server((HERE, 0))
        server.poll_timeout = 0.05
        server.handler.auth_failed_timeout = 0.01
        threads.append(threading.Thread(target=serve, args=(server,)))
        threads[-1].start()
        return int(server.address[1])

    yield start
    stopping.set()
    for thread in threads:
        thread.join()


@pytest.fixture
def plain_port(settings: Any, ftp_server: Callable[[], int]) -> int:
    """A server for a closed network, which this machine is in."""
    settings.FTP_PLAIN_NETWORKS, settings.FTP_PASSIVE_PORTS = (ip_network("127.0.0.0/8"),), None
    return ftp_server()


@pytest.fixture
def secure_port(settings: Any, ftp_server: Callable[[], int], tmp_path: Path) -> int:
    """A server with a certificate, and no closed network."""
    settings.FTP_CERTIFICATE, settings.FTP_CERTIFICATE_KEY = write_certificate(tmp_path)
    settings.FTP_PASSIVE_PORTS = None
    return ftp_server()
