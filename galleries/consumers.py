"""Websockets for staff: a snapshot at once, then an event for each change."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from facepass.core.access.sign_in.requirement import lacks_second_factor
from facepass.core.access.sign_in.session_store import SessionStore
from facepass.core.access.tenancy import Principal, studios_of
from facepass.core.metrics import WEBSOCKETS
from facepass.models import User
from galleries.faces import live_events
from galleries.faces.live_events import DecisionEvent, GroupsEvent
from galleries.models import Gallery, Occasion
from galleries.photos import progress
from galleries.photos.progress import ProgressEvent

# The close codes for what the user may not see or does not exist, and for who is signed in no more: the page need not
# try again.
NOT_FOUND, SIGNED_OUT = 4404, 4401
# How often an open socket asks whether its sign-in still holds.
CHECK_SECONDS = 5.0


class WatchConsumer(AsyncJsonWebsocketConsumer):
    """Sends the events of an object for as long as the user may see it. What clients send is ignored.

    A socket ends with its sign-in: whether that still holds, and whether the user may still see the object, is asked
    before each event, and every few seconds where there is none.
    """

    channels_joined: tuple[str, ...] = ()
    _watch: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Run the socket, and count it as open meanwhile."""
        with WEBSOCKETS.track_inprogress():
            await super().__call__(scope, receive, send)

    async def connect(self) -> None:
        """Accept in any case, because a close code reaches the page only over an open socket."""
        await self.accept()
        channels = await self._load_channels()
        if not channels:
            await self.close(NOT_FOUND)
            return
        # Joined before the snapshot is read, so that no event is lost between the two.
        for channel in channels:
            await self.channel_layer.group_add(channel, self.channel_name)
        self.channels_joined = tuple(channels)
        await self._send_snapshot()
        self._watch = asyncio.create_task(self._end_with_login())

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Drop an event, and end the socket, where the user may not see the object any more."""
        if self.channels_joined and not message["type"].startswith("websocket.") and not await self._is_allowed():
            await self.close(SIGNED_OUT)
            return
        await super().dispatch(message)

    async def _end_with_login(self) -> None:
        while await self._is_allowed():
            await asyncio.sleep(CHECK_SECONDS)
        await self.close(SIGNED_OUT)

    async def _is_allowed(self) -> bool:
        """Return whether the sign-in still holds (it is ended by signing out, by a new password, by deactivation), and
        leads to the same object.
        """
        fresh: Any = {"session": SessionStore(self.scope["session"].session_key)}  # of a scope, what `get_user` reads
        user = await get_user(fresh)
        return set(await self._load_channels_of(user)) == set(self.channels_joined)

    async def disconnect(self, code: int) -> None:
        if self._watch:
            self._watch.cancel()
        for channel in self.channels_joined:
            await self.channel_layer.group_discard(channel, self.channel_name)

    async def resync(self, event: object) -> None:
        """Send a snapshot, because the channel layer has lost events."""
        await self._send_snapshot()

    async def _send_snapshot(self) -> None:
        await self.send_json(await database_sync_to_async(self.snapshot)())

    async def _load_channels(self) -> list[str]:
        return await self._load_channels_of(self.scope["user"])

    @database_sync_to_async
    def _load_channels_of(self, user: object) -> list[str]:
        """Return none for who has to set up a second factor first."""
        if isinstance(user, User) and lacks_second_factor(user, self.scope["session"]):
            return []
        return self.visible_channels(cast(Principal, user))

    @property
    def _url_kwargs(self) -> Any:
        """The ids in the address, by name."""
        return self.scope["url_route"]["kwargs"]

    def visible_channels(self, user: Principal) -> list[str]:
        """Return the channel groups of what the address names; none where the user may not see it."""
        raise NotImplementedError

    def snapshot(self) -> Mapping[str, Any]:
        """Return the first event: how things are now."""
        raise NotImplementedError


class GalleryProgressConsumer(WatchConsumer):
    """Sends a gallery's progress, with an event for each photo that is finished."""

    def visible_channels(self, user: Principal) -> list[str]:
        pk: UUID = self._url_kwargs["gallery_id"]
        return [progress.channel_group(pk)] if Gallery.objects.visible_to(user).filter(pk=pk).exists() else []

    def snapshot(self) -> Mapping[str, Any]:
        pk: UUID = self._url_kwargs["gallery_id"]
        return ProgressEvent(type="gallery.progress", gallery_id=str(pk), progress=progress.load_progress(pk))

    async def gallery_progress(self, event: ProgressEvent) -> None:
        await self.send_json(event)


class DecisionsConsumer(WatchConsumer):
    """Sends what people and the grouping do to the faces of an occasion, or of all the user's studios."""

    def visible_channels(self, user: Principal) -> list[str]:
        if key := self._url_kwargs.get("key"):
            self.occasion = Occasion.find_visible(key, user)
            return [live_events.occasion_channel(self.occasion)] if self.occasion else []
        self.studios = list(studios_of(user).values_list("pk", flat=True))
        return [live_events.studio_channel(pk) for pk in self.studios]

    def snapshot(self) -> Mapping[str, Any]:
        if self._url_kwargs.get("key"):
            assert self.occasion is not None  # noqa: S101 - else there is no channel
            return live_events.build_occasion_snapshot(self.occasion)
        return live_events.build_studios_snapshot(self.studios)

    async def decision_made(self, event: DecisionEvent) -> None:
        await self.send_json(event)

    async def decision_undone(self, event: DecisionEvent) -> None:
        await self.send_json(event)

    async def groups_changed(self, event: GroupsEvent) -> None:
        await self.send_json(event)
