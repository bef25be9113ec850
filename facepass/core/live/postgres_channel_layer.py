"""A Channels layer over PostgreSQL's LISTEN and NOTIFY: events between the processes of one machine, without Redis.

Events are hints of ids and counts. Whoever may have missed some (the connection was lost, or the reader is too slow) is
told `{"type": "resync"}` and reads the rows again.
"""

import asyncio
import json
import logging
import random
import secrets
from collections import defaultdict
from typing import Any, ClassVar

import psycopg
from asgiref.sync import sync_to_async
from channels.layers import BaseChannelLayer
from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)

Message = dict[str, Any]
RESYNC: Message = {"type": "resync"}
# All groups share one LISTEN: a machine's few web processes throw away what is not theirs.
POSTGRES_CHANNEL = "facepass_events"
# PostgreSQL takes less than 8,000 bytes.
MAX_PAYLOAD_BYTES = 7_900
LISTENING_SECONDS = 10.0
RETRY_SECONDS, LONGEST_RETRY_SECONDS = 0.1, 5.0
# A peer that vanished without a word is noticed within a minute.
KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


class PayloadTooLarge(ValueError):
    """An event carries ids and counts, and fits MAX_PAYLOAD_BYTES."""


class PostgresChannelLayer(BaseChannelLayer):
    """Sending works from any thread or event loop and keeps nothing open; receiving holds one connection per loop."""

    extensions: ClassVar[list[str]] = ["groups"]

    def __init__(self, *, capacity: int = 100) -> None:
        super().__init__(capacity=capacity)
        self._inboxes: dict[asyncio.AbstractEventLoop, _Inbox] = {}

    async def send(self, channel: str, message: Message) -> None:
        self.require_valid_channel_name(channel)
        await _notify(_payload({"channel": channel, "message": message}))

    async def group_send(self, group: str, message: Message) -> None:
        """Raises PayloadTooLarge, and ConnectionError where the database does not answer."""
        self.require_valid_group_name(group)
        await _notify(_payload({"group": group, "message": message}))

    async def new_channel(self, prefix: str = "specific") -> str:
        channel = f"{prefix}.{secrets.token_hex(8)}!"
        self._inbox().open(channel)
        return channel

    async def receive(self, channel: str) -> Message:
        self.require_valid_channel_name(channel)
        inbox = self._inbox()
        try:
            return await inbox.open(channel).get()
        except asyncio.CancelledError:
            inbox.forget(channel)
            raise

    async def group_add(self, group: str, channel: str) -> None:
        """Returns once events arrive. Raises TimeoutError where the database does not answer."""
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        await self._inbox().join(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        self._inbox().leave(group, channel)

    async def close(self) -> None:
        """Ends listening in this event loop."""
        if inbox := self._inboxes.pop(asyncio.get_running_loop(), None):
            await inbox.close()

    def _inbox(self) -> "_Inbox":
        loop = asyncio.get_running_loop()
        if loop not in self._inboxes:
            for closed in [known for known in list(self._inboxes) if known.is_closed()]:
                self._inboxes.pop(closed, None)
            self._inboxes[loop] = _Inbox(self.capacity)
        return self._inboxes[loop]


def _payload(event: Message) -> str:
    payload = json.dumps(event, separators=(",", ":"))
    if len(payload) > MAX_PAYLOAD_BYTES:  # ASCII: as many bytes as characters
        raise PayloadTooLarge(f"an event of {len(payload)} bytes; at most {MAX_PAYLOAD_BYTES} fit")
    return payload


@sync_to_async
def _notify(payload: str) -> None:
    """On the caller's own connection, which is left as it was found.

    So inside a transaction the event leaves with the commit, when its readers can see the rows, or not at all.
    """
    was_closed = connection.connection is None
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [POSTGRES_CHANNEL, payload])
    except (OperationalError, InterfaceError) as error:
        raise ConnectionError(f"the database took no event: {error}") from error
    finally:
        if was_closed:
            connection.close()


class _Inbox:
    """The channels that are read in one event loop, and the connection that fills them."""

    def __init__(self, capacity: int) -> None:
        self._queues: dict[str, _Queue] = {}
        self._groups: defaultdict[str, set[str]] = defaultdict(set)
        self._capacity = capacity
        self._listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def open(self, channel: str) -> "_Queue":
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        return self._queues.setdefault(channel, _Queue(self._capacity))

    async def join(self, group: str, channel: str) -> None:
        self.open(channel)
        self._groups[group].add(channel)
        await asyncio.wait_for(self._listening.wait(), LISTENING_SECONDS)

    def leave(self, group: str, channel: str) -> None:
        self._groups[group].discard(channel)
        if not self._groups[group]:
            del self._groups[group]

    def forget(self, channel: str) -> None:
        self._queues.pop(channel, None)
        for group in [group for group, channels in self._groups.items() if channel in channels]:
            self.leave(group, channel)

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        """For ever; what was sent while nobody listened is made good by a resync."""
        wait = RETRY_SECONDS
        while True:
            try:
                async with await _connect() as listener:
                    await listener.execute(f"LISTEN {POSTGRES_CHANNEL}")
                    self._resync_if(wait > RETRY_SECONDS)
                    wait = RETRY_SECONDS
                    self._listening.set()
                    async for notify in listener.notifies():
                        self._deliver(json.loads(notify.payload))
            except psycopg.Error as error:
                log.warning("listening for events was interrupted: %s", error)
            self._listening.clear()
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - spreads the processes' retries
            wait = min(2 * wait, LONGEST_RETRY_SECONDS)

    def _resync_if(self, interrupted: bool) -> None:
        for queue in self._queues.values() if interrupted else ():
            queue.resync()

    def _deliver(self, event: Message) -> None:
        channels = self._groups.get(event["group"], set()) if "group" in event else {event["channel"]}
        for channel in channels & self._queues.keys():
            self._queues[channel].put(event["message"])


class _Queue:
    """Bounded: a reader that is too slow loses what is waiting, and is told to resync."""

    def __init__(self, capacity: int) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._capacity = capacity

    async def get(self) -> Message:
        return await self._messages.get()

    def put(self, message: Message) -> None:
        if self._messages.qsize() >= self._capacity:
            self.resync()
        self._messages.put_nowait(message)

    def resync(self) -> None:
        while not self._messages.empty():
            self._messages.get_nowait()
        self._messages.put_nowait(RESYNC)


async def _connect() -> psycopg.AsyncConnection[Any]:
    """Not from Django's pool: this connection waits in `notifies` for as long as the process lives."""
    wanted = connection.get_connection_params()
    for sync_only in ("cursor_factory", "context"):
        wanted.pop(sync_only, None)
    return await psycopg.AsyncConnection.connect(**{**KEEPALIVES, **wanted}, autocommit=True)
