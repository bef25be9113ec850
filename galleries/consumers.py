"""Websockets for staff: a snapshot at once, then an event for each change."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from facepass.core.access.tenancy import Principal, studios_of
from galleries.faces import live_events
from galleries.faces.live_events import DecisionEvent, GroupsEvent
from galleries.models import Gallery, Occasion
from galleries.photos import progress
from galleries.photos.progress import ProgressEvent

# The close code for what the user may not see or does not exist: the page need not try again.
NOT_FOUND = 4404


class WatchConsumer(AsyncJsonWebsocketConsumer):
    """Checks once whether the user may see the object, then sends its events. What clients send is ignored."""

    channels_joined: tuple[str, ...] = ()

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

    async def disconnect(self, code: int) -> None:
        for channel in self.channels_joined:
            await self.channel_layer.group_discard(channel, self.channel_name)

    async def resync(self, event: object) -> None:
        """Send a snapshot, because the channel layer has lost events."""
        await self._send_snapshot()

    async def _send_snapshot(self) -> None:
        await self.send_json(await database_sync_to_async(self.snapshot)())

    @database_sync_to_async
    def _load_channels(self) -> list[str]:
        return self.visible_channels(cast(Principal, self.scope["user"]))

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
