"""Decisions over the websocket, with the real channel layer: who hears of them, and who does not."""

import json
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.db import connection, transaction

from facepass.testing.factories import ClusterFactory, FaceFactory, GalleryFactory, PhotoFactory, StudioFactory
from facepass.testing.pages.sockets import Socket, closed, session_of_member
from facepass.testing.waiting import PATIENCE_SECONDS
from galleries.faces import decisions, live_events
from galleries.models import FaceDecision

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@pytest.fixture
def group():
    gallery = GalleryFactory()
    found = ClusterFactory(studio=gallery.studio, gallery=gallery)
    FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), cluster=found)
    return found


@pytest.fixture(autouse=True)
def close_connections_of_threads():
    yield
    connection.close()


async def watching(path, studio):
    socket = Socket(path, session=await session_of_member(studio))
    assert (await socket.connect())["type"] == "websocket.accept"
    return socket


def occasion_path(key):
    return f"/ws/occasions/{key}/"


@database_sync_to_async
def reject(group):
    return decisions.reject(group, by=None)


@pytest.mark.parametrize("path", ["occasion", "/ws/decisions/"])
async def test_a_colleague_gets_a_snapshot_and_then_each_decision_and_its_undoing(path, group):
    path = occasion_path(group.gallery_id) if path == "occasion" else path
    socket = await watching(path, group.studio)
    first = await socket.event()
    assert first["type"] == "decisions.snapshot"
    decision = await reject(group)
    told = {"decision_id": str(decision.pk), "kind": "reject", "occasion": str(group.gallery_id), "faces": 1}
    assert await socket.event() == {"type": "decision.made", **told}
    await database_sync_to_async(decisions.undo)(decision, by=None)
    assert await socket.event() == {"type": "decision.undone", **told}
    await closed(socket)


@pytest.mark.parametrize("who", ["a stranger", "nobody", "a member, but there is no such occasion"])
async def test_who_may_not_see_the_occasion_is_told_4404(who, group):
    studio = await database_sync_to_async(StudioFactory)() if who == "a stranger" else group.studio
    session = None if who == "nobody" else await session_of_member(studio)
    socket = Socket(occasion_path(uuid4() if who.startswith("a member") else group.gallery_id), session=session)
    assert (await socket.connect())["type"] == "websocket.accept"
    assert await socket.receive_output(PATIENCE_SECONDS) == {"type": "websocket.close", "code": 4404}
    await closed(socket)


async def test_nobody_hears_of_studios_without_signing_in(group):
    socket = Socket("/ws/decisions/")
    await socket.connect()
    assert await socket.receive_output(PATIENCE_SECONDS) == {"type": "websocket.close", "code": 4404}
    await closed(socket)


async def test_a_photo_sessions_id_of_another_studio_opens_nothing(group):
    """A gallery of one's own that names somebody else's photo session hears only of one's own faces."""

    @database_sync_to_async
    def same_session():
        own = GalleryFactory(session_id=uuid4())
        theirs = GalleryFactory(session_id=own.session_id)
        return own, ClusterFactory(studio=theirs.studio, session_id=own.session_id)

    own, theirs = await same_session()
    socket = await watching(occasion_path(own.session_id), await database_sync_to_async(lambda: own.studio)())
    await socket.event()
    await reject(theirs)
    assert await socket.receive_nothing(0.3)
    await closed(socket)


async def test_a_decision_that_is_rolled_back_is_not_told(group):
    @database_sync_to_async
    def refuse():
        with transaction.atomic():
            decisions.reject(group, by=None)
            transaction.set_rollback(True)

    socket = await watching(occasion_path(group.gallery_id), group.studio)
    await socket.event()
    await refuse()
    assert await socket.receive_nothing(0.3)
    await closed(socket)


async def test_a_run_of_the_grouping_is_told(group):
    socket = await watching(occasion_path(group.gallery_id), group.studio)
    await socket.event()
    event = live_events.GroupsEvent(
        type="groups.changed", occasion=str(group.gallery_id), joined=1, created=0, merged=0
    )
    await database_sync_to_async(live_events.publish_event)(group.occasion, event)
    assert json.loads(json.dumps(event)) == await socket.event()
    await closed(socket)


async def test_the_snapshot_changes_with_every_decision(group):
    before = await database_sync_to_async(live_events.build_occasion_snapshot)(group.occasion)
    decision = await reject(group)
    made = await database_sync_to_async(live_events.build_occasion_snapshot)(group.occasion)
    await database_sync_to_async(decisions.undo)(decision, by=None)
    undone = await database_sync_to_async(live_events.build_occasion_snapshot)(group.occasion)
    assert len({before["version"], made["version"], undone["version"]}) == 3
    assert await database_sync_to_async(FaceDecision.objects.count)() == 1
