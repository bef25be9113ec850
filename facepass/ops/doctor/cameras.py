"""The FTP server for cameras: its certificate, and whether it listens."""

from collections.abc import Iterator

from django.conf import settings
from OpenSSL import SSL

from facepass.ops.doctor.finding import Finding, error, first_line, ok, warning
from sessions_app.ftp.certificate import load_tls
from sessions_app.ftp.greeting import is_listening


def examine_ftp() -> Iterator[Finding]:
    """Look for the FTP server where FTP_PORT is set."""
    if settings.FTP_PORT is None:
        return
    if settings.FTP_CERTIFICATE:
        yield from _judge_certificate()
    if settings.FTP_PLAIN_NETWORKS:
        networks = ", ".join(map(str, settings.FTP_PLAIN_NETWORKS))
        yield warning("ftp", f"passwords and photos come unencrypted from {networks}: keep these networks closed")
    if is_listening():
        yield ok("ftp", f"listens on port {settings.FTP_PORT}")
    else:
        yield error("ftp", f"does not listen on port {settings.FTP_PORT}: is the server running, or the port taken?")


def _judge_certificate() -> Iterator[Finding]:
    try:
        load_tls()
    except OSError as problem:
        yield error("ftp", f"FTP_CERTIFICATE: {first_line(problem)}")
    except SSL.Error:
        yield error("ftp", "FTP_CERTIFICATE or FTP_CERTIFICATE_KEY: not PEM, or not a pair")
