"""The address that the web server listens on.

The supervisor opens the socket and the web server inherits it: no other program can take the port in between, and
while the web server is restarted, browsers wait instead of being refused.
"""

import errno
import socket
from dataclasses import dataclass

from facepass.core.errors import FacePassError

MAX_TRIES = 50


@dataclass(frozen=True)
class Listener:
    socket: socket.socket
    host: str
    port: int

    @property
    def url(self) -> str:
        """An address that a browser on this machine can open."""
        host = "localhost" if self.host in {"0.0.0.0", "::", "127.0.0.1", "::1"} else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def open_listener(host: str, *, port: int, exact: bool) -> Listener:
    """Return a listening socket on that port, or on the next free one where it is taken and `exact` is false.

    Raise `port_taken` where there is none, and `cannot_listen` where the address cannot be used.
    """
    for candidate in range(port, port + 1 if exact else min(port + MAX_TRIES, 65536)):
        if (listener := _try(host, port=candidate)) is not None:
            return listener
    raise FacePassError(
        "port_taken", f"Port {port} is taken by another program. Free it, or choose another with PORT=…"
    )


def _try(host: str, *, port: int) -> Listener | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(1024)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise FacePassError("cannot_listen", f"Cannot listen on {host}, port {port}: {error.strerror}.") from None
    return Listener(socket=sock, host=host, port=port)
