"""Connections without a request are closed in time; others are served meanwhile. A server with nothing behind it."""

import asyncio
import contextlib

import pytest
import uvicorn

from facepass.ops.supervisor import http_connections

WHOLE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF = b"GET / HTTP/1.1\r\nHost: loc"


async def answer(scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": scope["path"].encode()[:1] + b"."})


@contextlib.asynccontextmanager
async def serving(**options):
    protocol = http_connections.protocol_class(by_address=options.get("by_address", True))
    config = uvicorn.Config(answer, port=0, http=protocol, lifespan="off", log_level="critical", timeout_keep_alive=60)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    yield lambda: asyncio.open_connection("127.0.0.1", server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    await running


async def send(connect, data):
    reader, writer = await connect()
    writer.write(data)
    await writer.drain()
    return reader, writer


async def is_answered(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(2)
    return head.startswith(b"HTTP/1.1 200")


def test_a_head_that_never_ends_is_waited_for_so_long(monkeypatch):
    monkeypatch.setattr(http_connections, "HEADER_SECONDS", 0.05)

    async def run():
        async with serving() as connect:
            for data in (b"", HALF):
                reader, writer = await send(connect, data)
                assert await reader.read() == b""  # the server closed it
                writer.close()

    asyncio.run(run())


def test_a_connection_that_is_kept_has_the_same_time_for_its_next_request(monkeypatch):
    monkeypatch.setattr(http_connections, "HEADER_SECONDS", 0.2)

    async def run():
        async with serving() as connect:
            reader, writer = await send(connect, WHOLE)
            assert await is_answered(reader)
            writer.write(WHOLE)
            assert await is_answered(reader)
            writer.write(HALF)
            assert await reader.read() == b""
            writer.close()

    asyncio.run(run())


def test_two_hundred_slow_connections_keep_nobody_out(monkeypatch):
    monkeypatch.setattr(http_connections, "WAITING_OF_ADDRESS", 20)

    async def run():
        async with serving() as connect:
            slow = [await send(connect, HALF) for _number in range(200)]
            for _guest in range(60):
                reader, writer = await send(connect, WHOLE)
                assert await is_answered(reader)
                writer.close()
            # Those that waited longest had to go.
            assert await slow[0][0].read() == b""
            assert len(http_connections.waiting._all) <= 20
            for _reader, writer in slow:
                writer.close()

    asyncio.run(run())


@pytest.mark.parametrize(("by_address", "limit"), [(False, "WAITING"), (True, "WAITING_OF_ADDRESS")])
def test_behind_a_proxy_its_address_is_no_limit_and_the_whole_still_is(monkeypatch, by_address, limit):
    monkeypatch.setattr(http_connections, limit, 3)

    async def run():
        async with serving(by_address=by_address) as connect:
            first, _writer = await send(connect, HALF)
            others = [await send(connect, HALF) for _number in range(3)]
            assert await first.read() == b""
            assert len(http_connections.waiting._all) == 3
            for _reader, writer in others:
                writer.close()

    asyncio.run(run())


def test_a_head_of_any_length_is_not_collected():
    async def run():
        async with serving() as connect:
            reader, writer = await connect()
            with contextlib.suppress(ConnectionError):
                writer.write(HALF + b"\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1000) for n in range(100)))
                await writer.drain()
            assert (await reader.read()).startswith(b"HTTP/1.1 400")
            writer.close()

    asyncio.run(run())


def test_when_all_are_gone_nothing_is_remembered_of_them():
    async def run():
        async with serving() as connect:
            for data in (WHOLE, HALF):
                reader, writer = await send(connect, data)
                if data is WHOLE:
                    await is_answered(reader)
                writer.close()
                await writer.wait_closed()
        assert not http_connections.waiting._all
        assert not http_connections.waiting._by_address

    asyncio.run(run())
