"""Connections that are held to their time: uvicorn's own wait for ever for a request that never comes.

A connection has HEADER_SECONDS to send the head of a request. Of those that have not, an address may have so many, and
the server; where one more comes, the one that waits longest is closed, so that nobody who hurries is kept out.
"""

import asyncio
import resource
from collections import OrderedDict
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from facepass.ops import draining

HEADER_SECONDS = 20.0
HEADER_BYTES = 65_536
# A party of a hundred behind one Wi-Fi, whose browsers open two connections each before they need them.
WAITING_OF_ADDRESS = 250
WAITING = 1_000
# Requests and connections at a time; beyond that the answer is 503.
MOST_CONNECTIONS = 2_000


class _Waiting:
    """The connections whose request has not come, in the order in which they began to wait."""

    def __init__(self) -> None:
        self._by_address: dict[str, OrderedDict[PunctualProtocol, None]] = {}
        self._all: OrderedDict[PunctualProtocol, None] = OrderedDict()

    def add(self, connection: "PunctualProtocol", address: str) -> None:
        own = self._by_address.setdefault(address, OrderedDict())
        own[connection] = self._all[connection] = None
        # Behind a proxy all have its address; it keeps such limits itself.
        if address and len(own) > WAITING_OF_ADDRESS:
            next(iter(own)).close_late()
        elif len(self._all) > WAITING:
            next(iter(self._all)).close_late()

    def remove(self, connection: "PunctualProtocol", address: str) -> None:
        self._all.pop(connection, None)
        own = self._by_address.get(address, OrderedDict())
        own.pop(connection, None)
        if not own:
            self._by_address.pop(address, None)


waiting: Final = _Waiting()


class PunctualProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with a time and a size for the head of each request."""

    by_address = True
    """False behind proxies, whose address all connections have."""
    _late: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin_waiting()

    def data_received(self, data: bytes) -> None:
        if self._late is None and (self.cycle is None or self.cycle.response_complete):
            self._begin_waiting()  # for another request on the same connection
        super().data_received(data)
        if self._late is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEADER_BYTES and not self.transport.is_closing():
                self.send_400_response("The head of the request is too large.")

    def on_headers_complete(self) -> None:
        self._end_waiting()
        super().on_headers_complete()
        if draining.is_under_way() and self.cycle is not None:
            self.cycle.keep_alive = False  # a proxy that sent another request would find the connection closed

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_waiting()
        super().connection_lost(exc)

    def close_late(self) -> None:
        """Close the connection, whose request has not come."""
        self._end_waiting()
        if not self.transport.is_closing():
            self.transport.close()

    @property
    def _address(self) -> str:
        return self.client[0] if self.client and self.by_address else ""

    def _begin_waiting(self) -> None:
        self._head_bytes = 0
        self._late = self.loop.call_later(HEADER_SECONDS, self.close_late)
        waiting.add(self, self._address)

    def _end_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
            waiting.remove(self, self._address)


def raise_file_limit() -> int:
    """Allow this process as many open files as the system lets it have; return how many connections that bears."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST_CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, 2 * MOST_CONNECTIONS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, soft // 2)


def protocol_class(*, by_address: bool) -> type[PunctualProtocol]:
    """Return the protocol; `by_address`: False for a server behind proxies."""
    return type("Protocol", (PunctualProtocol,), {"by_address": by_address})
