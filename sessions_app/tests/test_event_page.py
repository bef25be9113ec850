"""The page of an event: what each role sees and may do there, and that every page of the work leads back to it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facepass.models import OutboxEvent, Role
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
    StudioFactory,
)
from facepass.testing.pages.staff import member
from galleries.models.photo import PhotoState
from sessions_app.models import GuestRules, Origin, SessionDay
from sessions_app.staff import event_figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(studio):
    return SessionFactory(studio=studio, name="Summer wedding", facepass_enabled=False)


@pytest.fixture
def gallery(event):
    return GalleryFactory(studio=event.studio, session_id=event.pk, title="Ceremony")


@pytest.fixture
def staff(studio):
    return member(studio, Role.MANAGER)


def path(event, name="event"):
    return reverse(f"admin:sessions_app_photosession_{name}", args=[event.pk])


def read(client, event, name="event"):
    answer = client.get(path(event, name))
    assert answer.status_code == 200
    return answer.content.decode()


def processed(gallery, **fields):
    return PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED, **fields)


def add_group(event, gallery, person=None, verified=False):
    """A group of one face."""
    group = ClusterFactory(studio=event.studio, session_id=event.pk, person=person)
    category = "known" if person else "unknown"
    FaceFactory(photo=processed(gallery), cluster=group, person=person, verified=verified, face_category=category)
    return group


def test_an_empty_event_asks_for_photos(staff, event):
    page = read(staff, event)
    assert "Add photos: the people in them are found by themselves." in page
    assert f"{reverse('admin:galleries_gallery_add')}?session_id={event.pk}" in page


def test_what_is_next_is_named_with_its_page(staff, event, gallery):
    add_group(event, gallery)
    add_group(event, gallery)
    add_group(event, gallery, person=PersonFactory(studio=event.studio))
    PhotoFactory(gallery=gallery, state=PhotoState.FAILED)
    for page in (read(staff, event), read(staff, event, "event_now")):
        assert "Name 2 people" in page
        assert reverse("admin:galleries_facecluster_of", args=[event.pk]) in page
        assert "Confirm 1 name<" in page
        assert f"{reverse('admin:galleries_photoface_verify')}?of={event.pk}" in page
        assert "1 photo failed" in page
        assert f"{reverse('admin:galleries_gallery_photos', args=[gallery.pk])}?filter=failed" in page


def test_photos_at_work_and_groups_that_are_not_made_yet_are_no_end(staff, event, gallery):
    PhotoFactory(gallery=gallery)
    assert "1 photo is still being analysed." in read(staff, event)
    gallery.photos.update(state=PhotoState.PROCESSED)
    type(gallery).objects.filter(pk=gallery.pk).mark_for_grouping()
    assert "The faces are being sorted by person." in read(staff, event)
    type(gallery).objects.filter(pk=gallery.pk).update(grouped_analyses=1)
    assert "Everybody has a name. The event can be opened to guests." in read(staff, event)


def test_todays_searches_are_counted(staff, event):
    SessionDay.objects.create(session=event, day=timezone.localdate(), searches=5, hits=4)
    page = read(staff, event)
    assert "Searches today: 5" in page
    assert "4 found photos" in page


def test_people_are_shown_with_a_face_and_in_how_many_photos_they_are(staff, event, gallery):
    ann, bob = (PersonFactory(studio=event.studio, real_name=name) for name in ("Ann", "Bob"))
    for person, verified in ((ann, True), (ann, False), (bob, True)):
        add_group(event, gallery, person=person, verified=verified)
    people = staff.get(path(event)).context["people"]
    assert [(person.name, person.photos) for person in people] == [("Ann", 2), ("Bob", 1)]
    assert all("fp-crop" in person.crop for person in people)


def test_another_events_photos_are_not_this_ones(staff, event, gallery):
    other = SessionFactory(studio=event.studio)
    add_group(other, GalleryFactory(studio=event.studio, session_id=other.pk), person=PersonFactory())
    figures = event_figures.load_figures(event)
    assert (figures.photos, figures.unnamed, figures.proposed) == (0, 0, 0)
    assert staff.get(path(event)).context["people"] == []


def test_guests_link_code_and_card_are_there(staff, event):
    page = read(staff, event)
    assert f'value="{event.guest_url}"' in page
    for name in ("qr.svg", "card.pdf"):
        address = reverse("admin:guest-paper", args=[event.pk, name])
        assert address in page
        assert staff.get(address).status_code == 200


def test_rules_are_told_in_words(staff, event):
    page = read(staff, event)
    for sentence in (
        "No PIN is asked for: whoever has the link may enter.",
        "They see no photos but their own.",
        "They may download the photos in full size, without place and serial numbers.",
        "The page stays open until somebody closes it.",
    ):
        assert sentence in page
    rules = GuestRules(session=event, browsing=True, challenge=True, downloads="none", watermark="Proof")
    rules.set_pin("4711")
    rules.expires_at = timezone.now()
    rules.save()
    page = read(staff, event)
    for sentence in (
        "They are asked for a PIN first.",
        "They may also look at all photos without a selfie.",
        "They may not download photos.",
        "A short test makes sure that a living person is in front of the camera.",
        "What they see has the watermark “Proof”.",
        "The page was open until ",
    ):
        assert sentence in page


def test_the_event_is_opened_and_closed_and_partners_hear_of_it(staff, event):
    assert staff.post(path(event, "open")).url == path(event)
    event.refresh_from_db()
    assert event.facepass_enabled
    staff.post(path(event, "open"))
    staff.post(path(event, "open"), {"closed": "yes"})
    event.refresh_from_db()
    assert not event.facepass_enabled
    assert OutboxEvent.objects.filter(type="session.facepass_changed").count() == 2
    assert staff.get(path(event, "open")).url == path(event)


def test_a_session_in_pixora_is_opened_there(staff, event):
    type(event).objects.filter(pk=event.pk).update(origin=Origin.PIXORA)
    page = read(staff, event)
    assert "Pixora opens and closes this event." in page
    assert path(event, "open") not in page
    assert "Delete this event" not in page
    assert "Delete its galleries and guests" in page
    assert staff.post(path(event, "open")).status_code == 404


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_the_page_and_what_it_may_do(role, studio, event, gallery):
    add_group(event, gallery)
    client = member(studio, role)
    page = read(client, event)
    is_editor = role in {Role.OWNER, Role.MANAGER, Role.PHOTOGRAPHER}
    assert "Name 1 person" in page
    assert event.guest_url in page
    assert ("Delete this event" in page) == (role in {Role.OWNER, Role.MANAGER})
    assert (path(event, "open") in page) == is_editor
    assert client.post(path(event, "open")).status_code == (302 if is_editor else 403)


@pytest.mark.parametrize("name", ["event", "event_now", "open"])
def test_a_stranger_is_a_404_and_a_visitor_signs_in(name, event):
    stranger = member(StudioFactory())
    assert stranger.get(path(event, name)).status_code == 404
    assert stranger.post(path(event, name)).status_code in {404, 405}
    assert Client().get(path(event, name)).status_code == 302


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_of_the_work_leads_back(language, staff, event, gallery):
    photo = processed(gallery)
    pages = [
        reverse("admin:galleries_gallery_photos", args=[gallery.pk]),
        reverse("admin:galleries_gallery_change", args=[gallery.pk]),
        reverse("admin:galleries_galleryimage_faces", args=[photo.pk]),
        reverse("admin:galleries_facecluster_of", args=[event.pk]),
        reverse("admin:galleries_facecluster_pairs", args=[event.pk]),
        f"{reverse('admin:galleries_photoface_verify')}?of={event.pk}",
        reverse("admin:sessions_app_photosession_change", args=[event.pk]),
        reverse("admin:index"),
        reverse("admin:sessions_app_photosession_changelist"),
        reverse("admin:galleries_gallery_changelist"),
    ]
    for page in pages:
        content = staff.get(page, headers={"accept-language": language}).content.decode()
        assert f'href="{path(event)}"' in content, page


def test_the_list_of_what_is_left_names_the_event(staff, event, gallery):
    page = staff.get(reverse("admin:galleries_facecluster_occasions")).content.decode()
    assert "Summer wedding" in page


def test_the_page_asks_as_many_queries_for_much_as_for_little(staff, event, gallery, django_assert_max_num_queries):
    for number in range(4):
        one = GalleryFactory(studio=event.studio, session_id=event.pk, title=f"Part {number}")
        add_group(event, one, person=PersonFactory(studio=event.studio))
    with django_assert_max_num_queries(19):
        read(staff, event)
    with django_assert_max_num_queries(10):
        read(staff, event, "event_now")


def test_who_makes_a_gallery_or_session_by_the_form_goes_on_at_its_page(staff, studio, event):
    fields = {"title": "Party", "studio": studio.pk, "session_id": event.pk}
    answer = staff.post(reverse("admin:galleries_gallery_add"), fields)
    assert answer.url.endswith("/photos/")
