"""Whose every operation is; a studio's administrator changes nothing that is another's or the installation's."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import get_commands
from django.db import connection
from django.forms import ModelChoiceField
from django.urls import URLPattern, get_resolver

from facepass.core.access import ownership
from facepass.models import STUDIO_SCOPES, Role, Scope
from facepass.testing import access_matrix
from facepass.testing.factories import MembershipFactory, StudioFactory
from facepass.tests.access.test_matrix import answer, methods, patterns
from facepass.tests.console.test_admin import member_of, new_world
from facepass.tests.console.test_admin_walk import addresses
from recognition.model_versions import current_model_version

# What asking changes by itself, or holds nothing of anybody's.
OF_REQUESTS = {"django_session", "rate_buckets", "users", "kept_answers", "chores", "work_leases", "heartbeats"}
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def admin_names() -> set[str]:
    found: set[str] = set()

    def collect(some: Any) -> None:
        for one in some:
            if isinstance(one, URLPattern):
                found.add(one.name or "")
            else:
                collect(one.url_patterns)

    collect(next(one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "admin").url_patterns)
    return found - {""}


def test_every_operation_of_the_api_has_its_owner():
    there = {(method, path) for path, view in patterns() for method in methods(view)}
    assert sorted(there - ownership.OPERATIONS.keys()) == [], "say in facepass/core/access/ownership.py whose these are"
    assert sorted(ownership.OPERATIONS.keys() - there) == [], "these are gone from the URL conf"


def test_every_page_every_address_of_the_admin_and_every_command_has_its_owner():
    pages = {path for path, view in patterns() if not hasattr(view, "cls")}
    assert [path for path in pages if ownership.owner_of_page(path) is None] == []
    assert [name for name in sorted(admin_names()) if ownership.owner_of_admin(name) is None] == []
    ours = {"facepass", "facepass.ops", "recognition", "galleries", "training", "sessions_app"}
    commands = {name for name, app in get_commands().items() if app in ours}
    assert commands == ownership.COMMANDS.keys()


def test_every_table_of_the_admin_is_a_studio_s_or_the_installation_s_by_its_own_name():
    """A prefix as short as `facepass_` would give a new table an owner that nobody chose."""
    labels = {app.label for app in apps.get_app_configs()}
    assert not {start for start in ownership.ADMIN if start.removesuffix("_") in labels & {"facepass", "auth"}}


def snapshot() -> dict[str, set[str]]:
    current_model_version()  # who asks first has it marked as in use
    tables = [table for table in connection.introspection.table_names() if table not in OF_REQUESTS]
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found[table] = {text for (text,) in cursor.fetchall()}
    return found


def ids_of(rows: dict[str, set[str]], studio: UUID) -> set[str]:
    """The ids in all rows that name the studio."""
    named = [text for some in rows.values() for text in some if str(studio) in text]
    return {found for text in named for found in UUIDS.findall(text)}


def foreign_changes(before: dict[str, set[str]], after: dict[str, set[str]], *, studio: UUID, other: UUID) -> list[str]:
    """Rows that are gone or have changed and have no id that is this studio's alone."""
    own = ids_of(before, studio) - ids_of(before, other)
    gone = [f"{table}: {text}" for table in before for text in before[table] - after[table]]
    return [text for text in gone if own.isdisjoint(UUIDS.findall(text))]


@pytest.fixture
def studios(db):
    return StudioFactory(), StudioFactory()


def last_deletions(row: access_matrix.Row) -> bool:
    return row.method == "DELETE" or "revoke" in row.path


@pytest.mark.usefixtures("fake_engine")
def test_a_studio_s_key_with_all_its_rights_changes_nothing_of_the_other_studio(studios, client_of):
    one, other = studios
    worlds = access_matrix.world(one), access_matrix.world(other)
    key, view = client_of(one, scopes=list(STUDIO_SCOPES)), client_of(other, scopes=list(STUDIO_SCOPES))
    seen = view.get("/api/v2/config/").json(), view.get("/api/v2/config/history/").json()["results"]
    before, refused = snapshot(), {}
    for row in sorted(access_matrix.ROWS, key=last_deletions):
        for its in worlds:
            status = answer(key, row, its, keep=True)
            if ownership.OPERATIONS[row.method, re.sub(r"{\w+}", "{}", row.path.partition("?")[0])] == "installation":
                refused[row.path] = status
    assert refused == {"/generate-descriptors/": 403, "/rebuild-index/": 403}
    assert foreign_changes(before, snapshot(), studio=one.pk, other=other.pk) == []
    assert (view.get("/api/v2/config/").json(), view.get("/api/v2/config/history/").json()["results"]) == seen


@pytest.mark.usefixtures("fake_engine")
def test_ids_of_the_other_studio_in_a_body_are_refused_beside_one_s_own_in_the_path(studios, client_of):
    one, other = studios
    mine, theirs = access_matrix.world(one), access_matrix.world(other)
    key = client_of(one, scopes=list(STUDIO_SCOPES))
    named = [row for row in access_matrix.ROWS if names_something(row.form or row.json, mine, theirs)]
    assert len(named) >= 10
    before = snapshot()
    for row in named:
        assert answer(key, row, mine, body=theirs) in (400, 404, 409), f"{row.method} {row.path}"
    assert before == snapshot()


def names_something(body: Any, mine: access_matrix.World, theirs: access_matrix.World) -> bool:
    """Whether the body names something of a studio's: its ids are others with another world."""
    return callable(body) and UUIDS.findall(str(body(mine))) != UUIDS.findall(str(body(theirs)))


@pytest.mark.parametrize("field", ["session_id", "gallery_id", "person_id", "studio", "studio_id", "face_id"])
@pytest.mark.usefixtures("fake_engine")
def test_every_body_of_the_api_refuses_an_id_of_the_other_studio_s(studios, client_of, field):
    """Where a field takes no such id, it is unknown, and refused as well."""
    one, other = studios
    mine, theirs = access_matrix.world(one), access_matrix.world(other)
    foreign = str(theirs.get(field.removesuffix("_id"), other.pk))
    key = client_of(one, scopes=list(STUDIO_SCOPES))
    for row in access_matrix.ROWS:
        if isinstance(row.json, dict) and row.method in ("POST", "PATCH", "PUT") and "/auth/" not in row.path:
            answer(key, row, mine, more={field: foreign}, keep=True)
    rows = [text for some in snapshot().values() for text in some]
    assert [text for text in rows if foreign in text and str(one.pk) in text] == []


@pytest.mark.usefixtures("english", "fake_engine")
def test_every_choice_of_every_form_of_the_admin_is_the_studio_s_own(db, rf):
    mine, theirs = new_world(), new_world()
    request = rf.get("/admin/")
    request.user = MembershipFactory(studio=mine.studio, role=Role.OWNER).user
    foreign, seen = {row.pk for row in theirs.rows.values()} - {row.pk for row in mine.rows.values()}, 0
    for model, model_admin in admin.site._registry.items():
        if not model_admin.has_change_permission(request):
            continue
        forms = [model_admin.get_form(request, change=False)]
        forms += [one.get_formset(request).form for one in model_admin.get_inline_instances(request)]
        for name, field in [pair for form in forms for pair in form.base_fields.items()]:
            if isinstance(field, ModelChoiceField):
                seen += 1
                offered = set(field.queryset.values_list("pk", flat=True))
                assert not offered & foreign, f"{model.__name__}.{name}"
    assert seen > 3


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
@pytest.mark.usefixtures("english", "fake_engine")
def test_a_studio_s_owner_changes_at_the_admin_nothing_of_the_other_studio(db, role):
    mine, theirs = new_world(), new_world()
    owner = member_of(mine.studio, role)
    before = snapshot()
    for path in sorted({path for world in (mine, theirs) for path in addresses(world)}):
        owner.post(path, {"post": "yes", "confirmed": "yes", "action": "delete_selected", "save": "", "key": "x"})
    assert foreign_changes(before, snapshot(), studio=mine.studio.pk, other=theirs.studio.pk) == []


@pytest.mark.usefixtures("english", "fake_engine")
def test_what_the_installation_owns_refuses_every_form_of_a_studio_s_owner(db):
    world = new_world()
    owner = member_of(world.studio, Role.OWNER)
    owned = [path for path in addresses(world) if re.match(r"/admin/(recognition|django_q|facepass/user)/", path)]
    assert len(owned) > 15
    answers = {path: owner.post(path, {"post": "yes"}) for path in owned}
    # Django's address for an id alone has no name, and leads to the form.
    led_on = {path for path, one in answers.items() if one.status_code == 302 and one["Location"].endswith("/change/")}
    assert {path: one.status_code for path, one in answers.items() if path not in led_on} == dict.fromkeys(
        set(owned) - led_on, 403
    )


def test_an_owner_gives_no_key_the_right_of_the_installation(studios, client_of):
    one, _other = studios
    admin = client_of(one, scopes=["admin"])
    assert admin.post("/api/v1/admin/keys/", {"name": "x", "scopes": [Scope.INSTALLATION]}).status_code == 403
    staff = member_of(one, Role.OWNER)
    form = {"studio": one.pk, "name": "x", "scopes": [Scope.INSTALLATION]}
    page = staff.post("/admin/facepass/apikey/add/", form)
    assert (page.status_code, one.api_keys.filter(scopes__contains=["installation"]).count()) == (200, 0)


def test_an_owner_rotates_no_key_that_sets_up_the_installation(studios, client_of):
    one, _other = studios
    client_of(one, scopes=[Scope.INSTALLATION])
    key = one.api_keys.get()
    staff, admin = member_of(one, Role.OWNER), client_of(one, scopes=["admin"])
    staff.post("/admin/facepass/apikey/", {"action": "rotate", "_selected_action": [str(key.pk)]})
    staff.post(f"/admin/facepass/apikey/{key.pk}/change/", {"name": "mine", "scopes": ["read"]})
    assert admin.post(f"/api/v1/admin/keys/{key.pk}/rotate/").status_code == 403
    key.refresh_from_db()
    assert (key.replaced_by, key.name) == (None, "test")


def test_which_studio_of_pixora_it_is_only_superusers_say(studios):
    one, other = studios
    form = {"name": one.name, "slug": one.slug, "main_app_id": str(other.pk), "colour": "", "contact": ""}
    assert member_of(one, Role.OWNER).post(f"/admin/facepass/studio/{one.pk}/change/", form).status_code == 302
    one.refresh_from_db()
    assert one.main_app_id is None


def test_jobs_of_the_installation_are_no_studio_s_to_see_or_to_cancel(studios, client_of):
    one, _other = studios
    boss, admin = client_of(one, scopes=list(Scope.values)), client_of(one, scopes=list(STUDIO_SCOPES))
    task = boss.post("/rebuild-index/").json()["task_id"]
    assert (admin.get(f"/api/v1/tasks/{task}/").status_code, admin.delete(f"/api/v1/tasks/{task}/").status_code) == (
        404,
        404,
    )
    assert boss.get(f"/api/v1/tasks/{task}/").json()["state"] != "cancelled"
