"""Every address below /admin/, asked by who may not: strangers find nothing, and who only looks changes nothing."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from facepass.core.trash import entries
from facepass.models import MANAGERS, Role
from facepass.testing.factories import PhotoFactory, StudioFactory
from facepass.tests.console.test_admin import World, member_of, new_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]
# Of the installation, or of nobody: a stranger may see them, or there is nothing to see.
SHARED = re.compile(r"/admin/(recognition/|r/|$)|/(login|logout|jsi18n)/")
OF_MANAGERS = ("/admin/facepass/studio/", "/admin/facepass/apikey/", "/admin/sessions_app/webhook")
# What asking changes by itself.
OF_REQUESTS = ("django_session", "rate_buckets", "users", "kept_answers", "chores")


def patterns(found, prefix="/") -> Iterator[str]:
    for each in found:
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns, prefix + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield prefix + str(each.pattern)


def addresses(world: World) -> list[str]:
    """Every address of the admin that names something, filled with the rows of the world."""
    below = [path for path in patterns(get_resolver().url_patterns) if path.startswith("/admin/") and "<" in path]
    return [filled(path, world) for path in below if "(?P" not in path]


def filled(path: str, world: World) -> str:
    app, model = path.split("/")[2:4]
    row = world.rows.get(f"{app}_{model}")
    key = world.rows["sessions_app_photosession"].pk if "<uuid:key>" in path else None
    return re.sub(r"<[^>]+>", lambda part: str(choose(part[0], row, key)), path)


def choose(part: str, row, key):
    return {"<uuid:key>": key, "<str:name>": "qr.svg"}.get(part) or (row.pk if row else uuid4())


@pytest.fixture
def world() -> World:
    made = new_world()
    gone = PhotoFactory(gallery=made.rows["galleries_gallery"])
    (made.rows["facepass_trashentry"],) = entries.move_to_trash("photo", [gone], by=None)
    return made


def rows():
    tables = [table for table in connection.introspection.table_names() if table not in OF_REQUESTS]
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = cursor.fetchall()
    return found


def test_the_walk_goes_through_what_there_is(world):
    found = addresses(world)
    assert len(found) > 120
    assert f"/admin/galleries/gallery/{world.rows['galleries_gallery'].pk}/photos/" in found


def test_a_stranger_finds_nothing_at_any_address_and_changes_nothing(world):
    stranger = member_of(StudioFactory())
    before = rows()
    opened = [path for path in addresses(world) if not SHARED.search(path) and stranger.get(path).status_code == 200]
    assert opened == []
    for path in addresses(world):
        stranger.post(path, {"post": "yes", "confirmed": "yes"})
    assert rows() == before


@pytest.mark.parametrize("role", sorted(set(Role) - MANAGERS))
def test_keys_webhooks_and_studios_open_for_managers_only(world, role):
    client = member_of(world.studio, role)
    for path in (path for path in addresses(world) if path.startswith(OF_MANAGERS)):
        assert client.get(path).status_code in (302, 403), path
        assert client.post(path, {"post": "yes"}).status_code in (302, 403), path


def test_a_viewer_opens_pages_and_changes_nothing_at_any_address(world):
    viewer = member_of(world.studio, Role.VIEWER)
    statuses = {path: viewer.get(path, follow=True).status_code for path in addresses(world)}
    assert sum(status == 200 for status in statuses.values()) > 30
    before = rows()
    for path in addresses(world):
        viewer.post(path, {"post": "yes", "confirmed": "yes", "action": "delete_selected"})
    assert rows() == before
