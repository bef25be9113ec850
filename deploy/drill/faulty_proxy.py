"""A relay in front of a server that behaves as a bad network does, when it is asked to."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from facepass.testing.servers.proxies import free_port

Fault = Literal["gone", "silent", "broken"]
Address = tuple[str, int] | str
CHUNK = 65536
BROKEN = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class FaultyProxy:
    """Passes on what comes to `port` to a TCP address or a Unix socket.

    gone: ends all connections and refuses new ones. silent: takes connections and passes nothing on, as a network that
    drops packets. broken: answers each HTTP request with 503 itself.
    """

    def __init__(self, target: Address) -> None:
        self.port = free_port()
        self._target = target
        self._fault: Fault | None = None
        self._passes = threading.Event()
        self._passes.set()
        self._sockets: set[socket.socket] = set()
        self._listener = self._listen()

    @contextmanager
    def fault(self, kind: Fault) -> Iterator[None]:
        """Behave so within, and well again after it."""
        self._fault = kind
        if kind == "silent":
            self._passes.clear()
        elif kind == "gone":
            self._listener.close()
        if kind != "silent":
            self._end_all()
        try:
            yield
        finally:
            self._fault = None
            if kind == "gone":
                self._listener = self._listen()
            # Of a network that comes back, what was dropped is sent again; most have given up by then.
            self._passes.set()

    def close(self) -> None:
        self._listener.close()
        self._end_all()

    def _listen(self) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", self.port), backlog=512)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                client, _address = listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            if self._fault == "gone":
                return
            if self._fault == "broken":
                client.recv(CHUNK)
                client.sendall(BROKEN)
                return
            self._passes.wait()
            with self._connect() as server:
                self._sockets |= {client, server}
                back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
                back.start()
                self._pump(client, server)
                back.join()
                self._sockets -= {client, server}

    def _connect(self) -> socket.socket:
        if isinstance(self._target, str):
            there = socket.socket(socket.AF_UNIX)
            there.connect(self._target)
            return there
        return socket.create_connection(self._target)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                self._passes.wait()
                sink.sendall(data)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _end_all(self) -> None:
        for each in list(self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
