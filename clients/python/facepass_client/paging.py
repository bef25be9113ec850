"""Lists that fetch page after page while they are gone through."""

import dataclasses
from collections.abc import AsyncIterator, Iterator
from typing import Any, Generic, TypeVar

import httpx

from facepass_client.calls import Call
from facepass_client.transport import AsyncTransport, Transport

T = TypeVar("T")


def build_next_call(call: Call, page: dict[str, Any]) -> Call | None:
    """Return the call for the next page; None after the last one.

    Only the query of its address counts: from outside, the server may have another name.
    """
    return dataclasses.replace(call, query=read_query(page["next"])) if page["next"] else None


def build_counting_call(call: Call) -> Call:
    """Return the call for the smallest page, which says how many there are on all."""
    return dataclasses.replace(call, query={**call.query, "page_size": 1})


def read_query(address: str) -> dict[str, list[str]]:
    params = httpx.URL(address).params
    return {name: params.get_list(name) for name in params}


class Paged(Generic[T]):
    """All items of a list. Nothing is asked before it is gone through, and each time it is asked anew."""

    def __init__(self, transport: Transport, call: Call) -> None:
        self._transport, self._call = transport, call

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page

    def pages(self) -> Iterator[list[T]]:
        call: Call | None = self._call
        while call:
            page = self._transport.send(call).json()
            yield page["results"]
            call = build_next_call(call, page)

    def count(self) -> int:
        """Return how many there are on all pages."""
        counted: int = self._transport.send(build_counting_call(self._call)).json()["count"]
        return counted


class AsyncPaged(Generic[T]):
    """As `Paged`, for `async for`."""

    def __init__(self, transport: AsyncTransport, call: Call) -> None:
        self._transport, self._call = transport, call

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page:
                yield item

    async def pages(self) -> AsyncIterator[list[T]]:
        call: Call | None = self._call
        while call:
            page = (await self._transport.send(call)).json()
            yield page["results"]
            call = build_next_call(call, page)

    async def count(self) -> int:
        """Return how many there are on all pages."""
        answer = await self._transport.send(build_counting_call(self._call))
        counted: int = answer.json()["count"]
        return counted
