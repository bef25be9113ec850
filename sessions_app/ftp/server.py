"""The server: where it listens, and how much it takes at once."""

import logging

from django.conf import settings
from django.db import connections as database_connections
from pyftpdlib.servers import ThreadedFTPServer

from sessions_app.ftp.connections import Connection, PlainConnection, SecureConnection

CONNECTIONS = 256
# Cameras behind one router share its address; each has one connection, or two while it reconnects.
CONNECTIONS_BY_ADDRESS = 32


class CameraServer(ThreadedFTPServer):
    """A thread for each connection: a file that is being checked and stored holds up no other camera."""

    max_cons = CONNECTIONS
    max_cons_per_ip = CONNECTIONS_BY_ADDRESS

    def _loop(self, handler: Connection) -> None:
        if handler._closed:  # refused when it connected
            return
        try:
            super()._loop(handler)
        finally:
            database_connections.close_all()


def build_server(address: tuple[str, int] | None = None) -> CameraServer:
    """Return a server that listens. `address`: other than that of the settings.

    Raises OSError where it cannot listen, and OpenSSL's errors for a certificate that cannot be used.
    """
    logging.getLogger("pyftpdlib").setLevel(logging.WARNING)  # else it writes each address, name and path
    base: type[Connection] = SecureConnection if settings.FTP_CERTIFICATE else PlainConnection
    handler = type(
        "CameraConnection",
        (base,),
        {"passive_ports": settings.FTP_PASSIVE_PORTS, "masquerade_address": settings.FTP_PUBLIC_ADDRESS or None},
    )
    return CameraServer(address or (settings.FTP_HOST, settings.FTP_PORT), handler)
