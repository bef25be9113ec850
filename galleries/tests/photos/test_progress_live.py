"""Progress over the websocket, with the real channel layer."""

from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import connection

from facepass.core.live.postgres_channel_layer import PostgresChannelLayer
from facepass.testing.factories import PhotoFactory, StudioFactory
from facepass.testing.pages.sockets import Socket, closed, session_of_member
from facepass.testing.waiting import PATIENCE_SECONDS
from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from galleries.photos import progress

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@pytest.fixture
def photo():
    return PhotoFactory()


@pytest.fixture(autouse=True)
def close_connections_of_threads():
    yield
    connection.close()


def path_of(gallery_id):
    return f"/ws/galleries/{gallery_id}/progress/"


async def watching(photo):
    socket = Socket(path_of(photo.gallery_id), session=await session_of_member(photo.gallery.studio))
    assert (await socket.connect())["type"] == "websocket.accept"
    return socket


@database_sync_to_async
def finish(photo):
    GalleryImage.objects.filter(pk=photo.pk).update(state=PhotoState.PROCESSED)
    progress.publish_progress(photo.gallery_id)


async def test_a_member_gets_a_snapshot_and_then_each_change(photo):
    socket = await watching(photo)
    first = await socket.event()
    assert first["type"] == "gallery.progress"
    assert first["gallery_id"] == str(photo.gallery_id)
    assert (first["progress"]["pending"], first["progress"]["processed"]) == (1, 0)
    await finish(photo)
    then = await socket.event()
    assert (then["progress"]["pending"], then["progress"]["processed"]) == (0, 1)
    await closed(socket)


@pytest.mark.parametrize("who", ["a stranger", "nobody", "a member, but there is no such gallery"])
async def test_who_may_not_see_the_gallery_is_told_4404(who, photo):
    studio = await database_sync_to_async(StudioFactory)() if who == "a stranger" else photo.gallery.studio
    session = None if who == "nobody" else await session_of_member(studio)
    socket = Socket(path_of(uuid4() if who.startswith("a member") else photo.gallery_id), session=session)
    assert (await socket.connect())["type"] == "websocket.accept"
    assert await socket.receive_output(PATIENCE_SECONDS) == {"type": "websocket.close", "code": 4404}
    await closed(socket)


async def test_another_site_can_not_listen(photo):
    session = await session_of_member(photo.gallery.studio)
    socket = Socket(path_of(photo.gallery_id), session=session, origin=b"http://elsewhere.example")
    assert (await socket.connect())["type"] == "websocket.close"
    await closed(socket)


async def test_after_a_gap_the_rows_are_read_again(photo):
    socket = await watching(photo)
    await socket.event()
    await database_sync_to_async(GalleryImage.objects.filter(pk=photo.pk).update)(state=PhotoState.FAILED)
    layer = get_channel_layer()
    assert isinstance(layer, PostgresChannelLayer)
    await layer.group_send(progress.channel_group(photo.gallery_id), {"type": "resync"})
    assert (await socket.event())["progress"]["failed"] == 1
    await closed(socket)


async def test_events_of_other_galleries_do_not_arrive(photo):
    socket = await watching(photo)
    await socket.event()
    await finish(await database_sync_to_async(PhotoFactory)())
    assert await socket.receive_nothing(0.3)
    await closed(socket)


async def test_what_the_page_sends_changes_nothing(photo):
    socket = await watching(photo)
    await socket.event()
    await socket.send_input({"type": "websocket.receive", "text": '{"type": "gallery.progress"}'})
    assert await socket.receive_nothing(0.2)
    await closed(socket)
