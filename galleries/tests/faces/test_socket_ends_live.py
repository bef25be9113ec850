"""A websocket ends with the sign-in that opened it, whatever ended that, and nothing is sent after it."""

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from facepass.core.access.sign_in import sign_ins
from facepass.core.live.progress import publish_event
from facepass.models import Membership, SignIn, User
from facepass.testing.factories import GalleryFactory
from facepass.testing.pages.sockets import Socket, closed, session_of_member
from facepass.testing.waiting import PATIENCE_SECONDS
from galleries import consumers
from galleries.photos import progress

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


def sign_out():
    Session.objects.all().delete()


def deactivate():
    User.objects.update(is_active=False)


def change_password():
    user = User.objects.get()
    user.set_password("another one")
    user.save()


def lose_role():
    Membership.objects.all().delete()


def let_session_expire():
    Session.objects.update(expire_date=timezone.now())


def sign_out_everywhere():
    sign_ins.sign_out_everywhere(User.objects.get())


def be_signed_out_from_the_list():
    sign_ins.sign_out(SignIn.objects.get())


def need_a_second_factor():
    settings.REQUIRE_TWO_FACTOR = frozenset({"all"})


ENDS = [
    sign_out, deactivate, change_password, lose_role, let_session_expire, sign_out_everywhere,
    be_signed_out_from_the_list, need_a_second_factor,
]  # fmt: skip


@pytest.fixture(autouse=True)
def _rule(settings):
    """So that what a test sets is taken back."""
    settings.REQUIRE_TWO_FACTOR = frozenset()


@pytest.fixture(autouse=True)
def close_connections_of_threads():
    yield
    connection.close()


async def open_socket(gallery, path):
    socket = Socket(path or f"/ws/galleries/{gallery.pk}/progress/", session=await session_of_member(gallery.studio))
    assert (await socket.connect())["type"] == "websocket.accept"
    await socket.event()
    return socket


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
@pytest.mark.parametrize("path", ["", "/ws/decisions/"])
async def test_an_idle_socket_ends_with_its_sign_in(end, path, monkeypatch):
    monkeypatch.setattr(consumers, "CHECK_SECONDS", 0.05)
    socket = await open_socket(await database_sync_to_async(GalleryFactory)(), path)
    await database_sync_to_async(end)()
    assert await socket.receive_output(PATIENCE_SECONDS) == {"type": "websocket.close", "code": 4401}
    await closed(socket)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
async def test_no_event_is_sent_after_the_sign_in_has_ended(end, monkeypatch):
    monkeypatch.setattr(consumers, "CHECK_SECONDS", 3600)
    gallery = await database_sync_to_async(GalleryFactory)()
    socket = await open_socket(gallery, "")
    await database_sync_to_async(end)()
    await database_sync_to_async(publish_event)(progress.channel_group(gallery.pk), {"type": "resync"})
    assert await socket.receive_output(PATIENCE_SECONDS) == {"type": "websocket.close", "code": 4401}
    await closed(socket)
