"""Events between processes through the real PostgreSQL."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from contextlib import asynccontextmanager

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import connection, transaction

from facepass.core.live.postgres_channel_layer import MAX_PAYLOAD_BYTES, RESYNC, PayloadTooLarge, PostgresChannelLayer
from facepass.core.live.progress import publish_event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

OTHER_PROCESS = """
import sys, django
django.setup()
from django.conf import settings
from django.db import connection
settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = sys.argv[1]
from facepass.core.live.progress import publish_event
for n in range(int(sys.argv[2])):
    publish_event("gallery.1", {"type": "count", "n": n})
"""


@asynccontextmanager
async def opened(**options):
    layer = PostgresChannelLayer(**options)
    try:
        yield layer
    finally:
        await layer.close()
        await _close_connection()


@database_sync_to_async
def _close_connection():
    connection.close()


async def received(layer, channel, *, within=60.0):
    return await asyncio.wait_for(layer.receive(channel), within)


async def silent(layer, channel):
    """Nothing arrives; as a timeout forgets the channel, this comes last in a test."""
    with pytest.raises(TimeoutError):
        await received(layer, channel, within=0.3)
    return True


def listeners():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()")
        return [pid for (pid,) in cursor.fetchall()]


@database_sync_to_async
def cut_listeners():
    pids = listeners()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [pids])
    return len(pids)


async def test_every_event_of_another_process_arrives_in_order():
    async with opened(capacity=5000) as layer:
        channel = await layer.new_channel()
        await layer.group_add("gallery.1", channel)
        command = [sys.executable, "-c", OTHER_PROCESS, connection.settings_dict["NAME"], "1000"]
        sender = subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ.copy())
        numbers = [(await received(layer, channel))["n"] for _ in range(1000)]
        assert numbers == list(range(1000))
        assert sender.wait(300) == 0


async def test_a_group_reaches_its_members_and_nobody_else():
    async with opened() as layer:
        one, two, other = [await layer.new_channel() for _ in range(3)]
        await layer.group_add("a", one)
        await layer.group_add("a", two)
        await layer.group_add("b", other)
        await layer.group_send("a", {"type": "hello"})
        assert await received(layer, one) == await received(layer, two) == {"type": "hello"}
        assert await silent(layer, other)


async def test_a_channel_that_left_the_group_hears_nothing():
    async with opened() as layer:
        stays, leaves = await layer.new_channel(), await layer.new_channel()
        await layer.group_add("a", stays)
        await layer.group_add("a", leaves)
        await layer.group_discard("a", leaves)
        await layer.group_discard("a", leaves)
        await layer.group_send("a", {"type": "hello"})
        assert await received(layer, stays)
        assert await silent(layer, leaves)


async def test_a_message_can_be_sent_to_one_channel():
    async with opened() as layer:
        channel = await layer.new_channel()
        await layer.group_add("a", channel)
        await layer.send(channel, {"type": "hello"})
        assert await received(layer, channel) == {"type": "hello"}


async def test_two_layers_hear_each_other():
    async with opened() as one, opened() as two:
        here, there = await one.new_channel(), await two.new_channel()
        await one.group_add("a", here)
        await two.group_add("a", there)
        await one.group_send("a", {"type": "hello"})
        assert await received(one, here) == await received(two, there)


async def test_an_event_of_a_transaction_leaves_with_its_commit():
    @database_sync_to_async
    def in_transaction(*, fails):
        with transaction.atomic():
            publish_event("a", {"type": "fails" if fails else "commits"})
            transaction.set_rollback(fails)

    async with opened() as layer:
        channel = await layer.new_channel()
        await layer.group_add("a", channel)
        await in_transaction(fails=True)
        await in_transaction(fails=False)
        assert await received(layer, channel) == {"type": "commits"}


async def test_a_lost_connection_is_made_good_by_a_resync():
    async with opened() as layer:
        channel = await layer.new_channel()
        await layer.group_add("a", channel)
        assert await cut_listeners() == 1
        assert await received(layer, channel) == RESYNC
        await layer.group_send("a", {"type": "hello"})
        assert await received(layer, channel) == {"type": "hello"}


async def test_a_reader_that_is_too_slow_is_told_to_resync():
    async with opened(capacity=3) as layer:
        slow, last = await layer.new_channel(), await layer.new_channel()
        await layer.group_add("a", slow)
        await layer.group_add("b", last)
        for n in range(4):
            await layer.group_send("a", {"type": "count", "n": n})
        await layer.group_send("b", {"type": "end"})
        assert await received(layer, last) == {"type": "end"}
        assert await received(layer, slow) == RESYNC
        assert await received(layer, slow) == {"type": "count", "n": 3}


async def test_an_event_that_does_not_fit_is_refused():
    async with opened() as layer:
        room = MAX_PAYLOAD_BYTES - len(json.dumps({"group": "a", "message": {"x": ""}}, separators=(",", ":")))
        await layer.group_send("a", {"x": "." * room})
        with pytest.raises(PayloadTooLarge, match="at most 7900"):
            await layer.group_send("a", {"x": "." * (room + 1)})
        with pytest.raises(PayloadTooLarge):
            await layer.group_send("a", {"x": "д" * 2000})


async def test_names_are_checked_as_channels_does():
    async with opened() as layer:
        with pytest.raises(TypeError):
            await layer.group_add("no spaces", "x")
        with pytest.raises(TypeError):
            await layer.group_send("¯\\_(ツ)_/¯", {"type": "x"})


async def test_sending_leaves_no_connection_open():
    def send_from_a_thread_of_its_own():
        publish_event("a", {"type": "hello"})
        left.append(connection.connection)

    left = []
    thread = threading.Thread(target=send_from_a_thread_of_its_own)
    thread.start()
    await asyncio.to_thread(thread.join)
    assert left == [None]


async def test_a_reader_that_goes_away_is_forgotten():
    async with opened() as layer:
        channel = await layer.new_channel()
        await layer.group_add("a", channel)
        assert await silent(layer, channel)
        inbox = layer._inbox()
        assert not inbox._queues
        assert not inbox._groups


async def test_a_connection_that_broke_costs_the_event_only(caplog):
    @database_sync_to_async
    def with_a_dead_connection():
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        killer = threading.Thread(target=_terminate, args=(pid,))
        killer.start()
        killer.join()
        publish_event("a", {"type": "hello"})
        connection.close()

    await with_a_dead_connection()
    assert "live progress pauses for 10 s, since it cannot be sent: the database took no event" in caplog.text


def _terminate(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    connection.close()
