"""What the groups of operations are built on: how an answer is read."""

from typing import Any

from facepass_client.calls import Call
from facepass_client.paging import AsyncPaged, Paged
from facepass_client.transport import AsyncTransport, Transport


class Group:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _json(self, call: Call) -> Any:
        """Return the answer's JSON; None where it has no body."""
        answer = self._transport.send(call)
        return answer.json() if answer.content else None

    def _content(self, call: Call) -> bytes:
        return self._transport.send(call).content

    def _nothing(self, call: Call) -> None:
        self._transport.send(call)

    def _paged(self, call: Call) -> Paged[Any]:
        return Paged(self._transport, call)


class AsyncGroup:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def _json(self, call: Call) -> Any:
        """Return the answer's JSON; None where it has no body."""
        answer = await self._transport.send(call)
        return answer.json() if answer.content else None

    async def _content(self, call: Call) -> bytes:
        return (await self._transport.send(call)).content

    async def _nothing(self, call: Call) -> None:
        await self._transport.send(call)

    def _paged(self, call: Call) -> AsyncPaged[Any]:
        return AsyncPaged(self._transport, call)
