"""Whether the FTP server of this machine listens."""

import socket

from django.conf import settings

SECONDS = 2


def is_listening() -> bool:
    """Return whether it greets whoever connects."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not listened on
    host = everywhere.get(settings.FTP_HOST, settings.FTP_HOST)
    try:
        with socket.create_connection((host, settings.FTP_PORT), timeout=SECONDS) as connection:
            connection.settimeout(SECONDS)
            return connection.recv(3) in (b"220", b"421")
    except OSError:
        return False
