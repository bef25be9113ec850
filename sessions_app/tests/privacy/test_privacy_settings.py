"""Periods and the legal basis by the API and by staff's pages: where they come from, and the installation's bounds."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from facepass.models import STUDIO_SCOPES, Role, Scope
from facepass.testing.factories import GalleryFactory, PhotoFactory, SessionFactory, StudioFactory, UserFactory
from facepass.testing.pages.staff import member
from sessions_app.guest.domain.privacy import privacy_notice
from sessions_app.models import EventPrivacy, Guest, Kept, RetentionStep, StudioPrivacy
from sessions_app.retention import archive, bounds, chore, periods
from sessions_app.retention.bounds import Bounds
from sessions_app.retention.periods import PeriodsOwner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "/api/v1/privacy/"
ALL = f"{URL}?level=installation"


@pytest.fixture
def event(studio):
    return SessionFactory(studio=studio, scheduled_at=timezone.now())


@pytest.fixture
def app(client_of, studio):
    return client_of(studio, scopes=list(STUDIO_SCOPES))


@pytest.fixture
def installer(client_of, studio):
    return client_of(studio, scopes=[*STUDIO_SCOPES, Scope.INSTALLATION])


def url_of(event):
    return f"/api/v1/sessions/{event.pk}/privacy/"


def change(client, url, **part):
    return client.patch(url, part, format="json")


def draw_bounds(**days):
    periods.save_own(PeriodsOwner(), {}, bounds={Kept(name): Bounds(*ends) for name, ends in days.items()})


def test_each_period_says_which_level_it_comes_from_and_null_takes_it_back(app, installer, event):
    assert change(installer, ALL, retention={"photos": 900, "faces": 600}).json()["level"] == "installation"
    assert change(app, URL, retention={"faces": 500, "guests": 50}).json()["level"] == "studio"
    answer = change(app, url_of(event), retention={"faces": 400}).json()
    assert answer["level"] == "event"
    found = {name: (one["days"], one["source"], one["own"]) for name, one in answer["retention"].items()}
    assert found == {
        "templates": (1095, "default", None),
        "faces": (400, "event", 400),
        "guests": (50, "studio", None),
        "photos": (900, "installation", None),
    }
    again = change(app, url_of(event), retention={"faces": None}).json()["retention"]["faces"]
    assert (again["days"], again["source"], again["own"]) == (500, "studio", None)
    assert app.get(url_of(event)).json() == change(app, url_of(event)).json(), "what names nothing changes nothing"


def test_an_event_says_when_what_is_deleted_and_what_was_announced_and_done(app, event, studio):
    PhotoFactory(gallery=GalleryFactory(studio=studio, session_id=event.pk))
    Guest.objects.create(session=event, language="en")
    change(app, url_of(event), retention={"photos": 10, "guests": 0})
    chore.keep_deadlines()
    said = app.get(url_of(event)).json()["retention"]
    assert said["photos"]["deadline"] == str(event.day + timedelta(days=14)), "two weeks after it was announced"
    assert said["photos"]["announced_at"] is not None
    assert (said["guests"]["deadline"], said["guests"]["announced_at"]) == (None, None)
    archive.archive_event(event, by=None)
    ended = app.get(url_of(event)).json()
    assert ended["archived_at"] is not None
    assert ended["retention"]["guests"]["done_at"] is not None


def test_a_deadline_that_an_app_moves_away_is_announced_anew(app, event, studio):
    PhotoFactory(gallery=GalleryFactory(studio=studio, session_id=event.pk))
    change(app, url_of(event), retention={"photos": 10})
    chore.keep_deadlines()
    assert RetentionStep.objects.get().kept == Kept.PHOTOS
    change(app, url_of(event), retention={"photos": 1000})
    assert not RetentionStep.objects.exists()


def test_an_event_s_basis_comes_before_its_studio_s_and_guests_read_it(app, event, studio):
    nothing = app.get(url_of(event)).json()["legal_basis"]
    assert nothing == {"value": None, "note": "", "source": None}
    change(app, URL, legal_basis="contract", basis_note="No. 17")
    of_studio = app.get(url_of(event)).json()["legal_basis"]
    assert of_studio == {"value": "contract", "note": "No. 17", "source": "studio"}
    event.refresh_from_db()
    assert "a contract with who ordered the photos" in privacy_notice.build_notice(event).text
    change(app, url_of(event), legal_basis="consent")
    own = app.get(url_of(event)).json()["legal_basis"]
    assert own == {"value": "consent", "note": "", "source": "event"}
    change(app, url_of(event), legal_basis=None)
    assert app.get(url_of(event)).json()["legal_basis"]["source"] == "studio"


def test_stating_a_basis_leaves_an_archived_event_archived(app, event):
    archive.archive_event(event, by=None)
    change(app, url_of(event), legal_basis="contract")
    assert EventPrivacy.objects.get().archived_at is not None


@pytest.mark.parametrize(
    ("days", "allowed"),
    [(29, False), (30, True), (1000, True), (1001, False), (0, False)],
    ids=["shorter", "shortest", "longest", "longer", "without end"],
)
@pytest.mark.parametrize("kept", list(Kept))
def test_outside_the_bounds_no_door_takes_a_period(kept, days, allowed, app, event):
    studio = event.studio
    draw_bounds(**{kept.value: (30, 1000)})
    manager = member(studio, Role.OWNER)
    pages = [("retention", event.pk), ("retention_studio", studio.pk)]
    for url in (url_of(event), URL):
        answer = change(app, url, retention={kept.value: days})
        assert answer.status_code == (200 if allowed else 400)
        if not allowed:
            error = answer.json()["error"]
            assert error["code"] == "retention_out_of_bounds"
            assert error["details"] == {kept.value: {"shortest": 30, "longest": 1000}}
    for name, pk in pages:
        page = manager.post(reverse(f"admin:sessions_app_photosession_{name}", args=[pk]), {kept.value: str(days)})
        assert page.status_code == (302 if allowed else 200)
        assert allowed or "The installation allows 30 days to 1000 days." in page.content.decode()
    own = [periods.load_own(owner)[kept] for owner in (PeriodsOwner.for_session(event), PeriodsOwner(studio.pk))]
    assert own == [days if allowed else None] * 2


def test_without_an_upper_bound_there_may_be_no_deadline():
    assert Bounds(shortest=30).allows(0)
    assert not Bounds(longest=30).allows(0)
    assert [Bounds(30, 60).fit(days) for days in (0, 1, 45, 61)] == [60, 30, 45, 60]


def test_what_was_said_before_the_bounds_were_drawn_counts_as_the_nearest_within(app, installer, event):
    change(app, url_of(event), retention={"faces": 3000, "guests": 5})
    limits = {"faces": {"longest": 1000}, "guests": {"shortest": 30}, "photos": {"longest": 2000}}
    answer = change(installer, ALL, bounds=limits)
    assert answer.status_code == 200, answer.content
    said = app.get(url_of(event)).json()["retention"]
    assert {name: (one["days"], one["source"], one["own"]) for name, one in said.items()} == {
        "templates": (1095, "default", None),
        "faces": (1000, "installation", 3000),
        "guests": (30, "installation", 5),
        "photos": (2000, "installation", None),
    }
    assert (said["faces"]["shortest"], said["faces"]["longest"]) == (None, 1000)


def test_bounds_are_the_installation_s_to_draw_and_hold_for_its_own_periods(app, installer):
    refused = change(app, ALL, bounds={"faces": {"longest": 10}})
    assert refused.status_code == 403
    assert change(app, URL, bounds={"faces": {"longest": 10}}).json()["error"]["code"] == "unknown_field"
    assert change(installer, ALL, legal_basis="contract").json()["error"]["code"] == "unknown_field"
    crossed = change(installer, ALL, bounds={"faces": {"shortest": 20, "longest": 10}})
    assert (crossed.status_code, list(crossed.json()["error"]["details"])) == (400, ["faces"])
    assert change(installer, ALL, retention={"faces": 500}, bounds={"faces": {"longest": 600}}).status_code == 200
    too_close = change(installer, ALL, bounds={"faces": {"longest": 400}}).json()["error"]
    assert too_close["code"] == "retention_out_of_bounds"
    assert change(installer, ALL, bounds={"faces": None}).json()["retention"]["faces"]["longest"] is None


@pytest.mark.parametrize(
    "part",
    [
        {"retention": {"foto": 1}},
        {"retention": {"faces": -1}},
        {"retention": {"faces": 36501}},
        {"retention": {"faces": "400"}},
        {"retention": {"faces": True}},
        {"retention": []},
        {"retention": None},
        {"legal_basis": "habit"},
        {"legal_basis": ""},
        {"basis_note": "x" * 401},
        {"legal_bases": "consent"},
    ],
    ids=str,
)
def test_what_is_no_period_or_basis_is_a_400_and_changes_nothing(part, app, event):
    for url in (URL, url_of(event)):
        assert app.patch(url, part, format="json").status_code == 400
    assert not StudioPrivacy.objects.exists()
    assert set(periods.load_own(PeriodsOwner.for_session(event)).values()) == {None}


def test_a_key_without_the_right_reads_and_does_not_change_and_a_stranger_s_event_is_not_there(client_of, event):
    reader = client_of(event.studio, scopes=[Scope.READ, Scope.WRITE])
    assert reader.get(url_of(event)).status_code == 200
    assert change(reader, url_of(event), retention={"faces": 1}).status_code == 403
    assert change(reader, URL, retention={"faces": 1}).status_code == 403
    stranger = client_of(StudioFactory(), scopes=list(STUDIO_SCOPES))
    assert change(stranger, url_of(event), retention={"faces": 1}).status_code == 404


def test_superusers_draw_bounds_on_the_page_of_the_installation(client):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    page = reverse("admin:sessions_app_photosession_retention_installation")
    assert client.post(page, {"faces": "500", "faces_longest": "400"}).status_code == 200
    crossed = client.post(page, {"faces_shortest": "500", "faces_longest": "400"})
    assert "The shortest period is longer than the longest." in crossed.content.decode()
    assert client.post(page, {"faces": "300", "faces_longest": "400", "guests_shortest": "7"}).status_code == 302
    found = periods.load_bounds()
    assert (found[Kept.FACES], found[Kept.GUESTS]) == (Bounds(longest=400), Bounds(shortest=7))
    assert 'name="faces_longest" value="400"' in client.get(page).content.decode()


def test_managers_state_the_basis_of_their_studio_and_editors_read_what_holds(event, studio):
    page = reverse("admin:sessions_app_photosession_basis_studio", args=[studio.pk])
    manager, photographer = member(studio, Role.OWNER), member(studio, Role.PHOTOGRAPHER)
    assert photographer.get(page).status_code == 403
    assert member(StudioFactory(), Role.OWNER).get(page).status_code == 404
    assert manager.post(page, {"legal_basis": "contract", "basis_note": "No. 17"}).status_code == 302
    shown = photographer.get(reverse("admin:sessions_app_photosession_event", args=[event.pk])).content.decode()
    assert "A contract with who ordered the photos" in shown
    assert "as the studio says; No. 17" in shown
    form = photographer.get(reverse("admin:sessions_app_photosession_basis", args=[event.pk])).content.decode()
    assert "Empty: a contract with who ordered the photos, as the studio says." in form


def test_what_is_said_of_bounds_names_only_those_that_are_drawn():
    drawn = bounds.read_bounds({"faces": {"shortest": 1, "longest": None}})
    assert bounds.write_bounds(drawn) == {"faces": {"shortest": 1, "longest": None}}
