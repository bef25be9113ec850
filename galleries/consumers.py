"""What staff watch live: a snapshot at once, then an event for each change."""

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

# What a page is told that need not try again.
NOT_FOUND = 4404


class WatchConsumer(AsyncJsonWebsocketConsumer):
    """Asks once whether the user may see the object; sends events, takes nothing."""

    channels_joined: tuple[str, ...] = ()

    async def connect(self) -> None:
        """Accepts first in any case: a code reaches the page only over an open socket."""
        await self.accept()
        found = await self._channels()
        if not found:
            await self.close(NOT_FOUND)
            return
        # Joined before the snapshot is taken, so that nothing falls between the two.
        for channel in found:
            await self.channel_layer.group_add(channel, self.channel_name)
        self.channels_joined = tuple(found)
        await self._send_snapshot()

    async def disconnect(self, code: int) -> None:
        for channel in self.channels_joined:
            await self.channel_layer.group_discard(channel, self.channel_name)

    async def resync(self, event: object) -> None:
        """The channel layer lost something: the rows know."""
        await self._send_snapshot()

    async def _send_snapshot(self) -> None:
        await self.send_json(await database_sync_to_async(self.snapshot)())

    @database_sync_to_async
    def _channels(self) -> list[str]:
        return self.visible_channels(cast(Principal, self.scope["user"]))

    @property
    def _named(self) -> Any:
        """The ids in the address."""
        return self.scope["url_route"]["kwargs"]

    def visible_channels(self, user: Principal) -> list[str]:
        """The channel groups of what the address names; none where the user does not see it."""
        raise NotImplementedError

    def snapshot(self) -> Mapping[str, Any]:
        raise NotImplementedError


class GalleryProgressConsumer(WatchConsumer):
    """A gallery's progress: an event for each photo that is finished."""

    def visible_channels(self, user: Principal) -> list[str]:
        pk: UUID = self._named["gallery_id"]
        return [progress.channel_group(pk)] if Gallery.objects.visible_to(user).filter(pk=pk).exists() else []

    def snapshot(self) -> Mapping[str, Any]:
        pk: UUID = self._named["gallery_id"]
        return ProgressEvent(type="gallery.progress", gallery_id=str(pk), progress=progress.load_progress(pk))

    async def gallery_progress(self, event: ProgressEvent) -> None:
        await self.send_json(event)


class DecisionsConsumer(WatchConsumer):
    """What people and the grouping do to the faces of an occasion, or of all the user's studios."""

    def visible_channels(self, user: Principal) -> list[str]:
        if key := self._named.get("key"):
            self.occasion = Occasion.find_visible(key, user)
            return [live_events.occasion_channel(self.occasion)] if self.occasion else []
        self.studios = list(studios_of(user).values_list("pk", flat=True))
        return [live_events.studio_channel(pk) for pk in self.studios]

    def snapshot(self) -> Mapping[str, Any]:
        if self._named.get("key"):
            assert self.occasion is not None  # noqa: S101 - else there is no channel
            return live_events.build_occasion_snapshot(self.occasion)
        return live_events.build_studios_snapshot(self.studios)

    async def decision_made(self, event: DecisionEvent) -> None:
        await self.send_json(event)

    async def decision_undone(self, event: DecisionEvent) -> None:
        await self.send_json(event)

    async def groups_changed(self, event: GroupsEvent) -> None:
        await self.send_json(event)
