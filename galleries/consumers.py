"""A gallery's progress, live: a snapshot at once, then an event for each photo that is finished."""

from typing import cast
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from facepass.tenancy import Principal
from galleries import progress
from galleries.models import Gallery
from galleries.progress import ProgressEvent

# What a page is told that need not try again.
NOT_FOUND = 4404


class GalleryProgressConsumer(AsyncJsonWebsocketConsumer):
    """Asks once whether the user may see the gallery; sends `ProgressEvent`s, takes nothing."""

    gallery_id: UUID
    joined = False

    async def connect(self) -> None:
        """Accepts first in any case: a code reaches the page only over an open socket."""
        self.gallery_id = self.scope["url_route"]["kwargs"]["gallery_id"]
        await self.accept()
        if not await self._may_see():
            await self.close(NOT_FOUND)
            return
        # Joined before the snapshot is taken, so that nothing falls between the two.
        await self.channel_layer.group_add(progress.group_of(self.gallery_id), self.channel_name)
        self.joined = True
        await self._send_snapshot()

    async def disconnect(self, code: int) -> None:
        if self.joined:
            await self.channel_layer.group_discard(progress.group_of(self.gallery_id), self.channel_name)

    async def gallery_progress(self, event: ProgressEvent) -> None:
        await self.send_json(event)

    async def resync(self, event: object) -> None:
        """The channel layer lost something: the rows know."""
        await self._send_snapshot()

    async def _send_snapshot(self) -> None:
        counts = await database_sync_to_async(progress.of_gallery)(self.gallery_id)
        event = ProgressEvent(type="gallery.progress", gallery_id=str(self.gallery_id), progress=counts)
        await self.send_json(event)

    @database_sync_to_async
    def _may_see(self) -> bool:
        user = cast(Principal, self.scope["user"])
        return Gallery.objects.visible_to(user).filter(pk=self.gallery_id).exists()
