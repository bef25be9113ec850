"""What the admin does with galleries, photos and faces."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from facepass.models import Role
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    PersonFactory,
    PhotoFactory,
    StudioFactory,
    UserFactory,
)
from facepass.testing.pages.staff import member
from facepass.testing.pictures.fake import picture_of
from galleries.models import FaceCluster, FaceDecision, GalleryImage
from galleries.models.photo import PhotoState

pytestmark = pytest.mark.django_db


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio)


@pytest.fixture
def staff(studio):
    return member(studio)


def upload(client, gallery, *files):
    page = reverse("admin:galleries_gallery_upload", args=[gallery.pk])
    return client.post(page, {"files": list(files)}, follow=True)


def picture(name="a.jpg", seed=1):
    return SimpleUploadedFile(name, picture_of([], size=(200, 150), seed=seed))


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def change_page(model, row):
    return reverse(f"admin:galleries_{model}_change", args=[row.pk])


def act(client, model, action, *rows):
    form = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return client.post(reverse(f"admin:galleries_{model}_changelist"), form, follow=True)


def test_an_upload_says_what_became_of_each_file(staff, gallery):
    upload(staff, gallery, picture("first.jpg", seed=1))
    answer = upload(
        staff,
        gallery,
        picture("again.jpg", seed=1),
        picture("b.jpg", seed=2),
        SimpleUploadedFile("c.txt", b"no picture"),
    )
    added, duplicate, refused = said(answer)
    assert added == "1 photo was added."
    assert "again.jpg" in duplicate
    assert "c.txt" in refused
    assert gallery.photos.count() == 2
    assert OrmQ.objects.count() == 2


def test_an_upload_without_files_says_so(staff, gallery):
    assert said(upload(staff, gallery)) == ["No file was chosen."]


def test_a_long_list_of_refusals_is_cut_short(staff, gallery):
    files = [SimpleUploadedFile(f"{n}.txt", b"no picture") for n in range(8)]
    (refused,) = said(upload(staff, gallery, *files))
    assert "4.txt" in refused
    assert "5.txt" not in refused
    assert "and 3 more" in refused


def test_a_stranger_or_a_viewer_uploads_nothing(gallery, studio):
    page = reverse("admin:galleries_gallery_upload", args=[gallery.pk])
    assert member(StudioFactory()).post(page, {"files": [picture()]}).status_code == 404
    assert member(studio, Role.VIEWER).post(page, {"files": [picture()]}).status_code == 403
    assert Client().post(page, {"files": [picture()]}).status_code == 302
    assert not gallery.photos.exists()


def test_an_upload_is_a_post_with_a_token(staff, gallery):
    page = reverse("admin:galleries_gallery_upload", args=[gallery.pk])
    assert staff.get(page).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff.cookies
    assert strict.post(page, {"files": [picture()]}).status_code == 403


def test_the_gallery_page_shows_progress_and_photos(staff, gallery):
    photo = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED)
    PhotoFactory(gallery=gallery)
    FaceFactory(photo=photo)
    page = staff.get(change_page("gallery", gallery)).content.decode()
    assert f'data-socket="/ws/galleries/{gallery.pk}/progress/"' in page
    assert f'data-poll="/api/v1/galleries/{gallery.pk}/progress"' in page
    assert 'max="2"' in page
    assert f"/photos/{photo.pk}/thumbnail" in page
    assert "1 face<" in page
    assert f"gallery__id__exact={gallery.pk}" in page


def test_the_gallery_page_asks_no_query_per_photo(staff, gallery, django_assert_max_num_queries):
    for _ in range(12):
        FaceFactory(photo=PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED))
    with django_assert_max_num_queries(12):
        staff.get(change_page("gallery", gallery))


def test_the_page_that_polls_is_answered_by_session(staff, gallery):
    PhotoFactory(gallery=gallery)
    assert staff.get(f"/api/v1/galleries/{gallery.pk}/progress").json()["pending"] == 1
    assert member(StudioFactory()).get(f"/api/v1/galleries/{gallery.pk}/progress").status_code == 404


def test_a_viewer_sees_no_upload(studio, gallery):
    page = member(studio, Role.VIEWER).get(change_page("gallery", gallery)).content.decode()
    assert 'type="file"' not in page


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ([], "empty"),
        ([PhotoState.PROCESSED], "done"),
        ([PhotoState.PROCESSED, PhotoState.FAILED, PhotoState.QUARANTINED], "2 failed"),
        ([PhotoState.FAILED, PhotoState.PENDING, PhotoState.PROCESSING], "2 photos left"),
    ],
)
def test_the_list_tells_how_far_the_analysis_is(states, shown, staff, gallery):
    for state in states:
        PhotoFactory(gallery=gallery, state=state, stored=False)
    assert shown in staff.get(reverse("admin:galleries_gallery_changelist")).content.decode()


def test_the_photo_page_draws_the_boxes(staff, gallery):
    photo = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED, size=(400, 300))
    FaceFactory(
        photo=photo, person=PersonFactory(studio=gallery.studio, real_name="Ann"), quality={"reasons": ["blurred"]}
    )
    for language in ("en", "ru"):
        page = staff.get(change_page("galleryimage", photo), HTTP_ACCEPT_LANGUAGE=language).content.decode()
        assert 'viewBox="0 0 400 300"' in page
        assert '<rect x="40.0" y="30.0" width="80.0" height="100.0"' in page
        assert "Ann" in page


def test_the_photo_page_asks_no_query_per_face(staff, gallery, django_assert_max_num_queries):
    photo = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED)
    for _ in range(12):
        FaceFactory(photo=photo, person=PersonFactory(studio=gallery.studio))
    with django_assert_max_num_queries(10):
        staff.get(change_page("galleryimage", photo))


def test_errors_are_told_in_words(staff, gallery):
    photo = PhotoFactory(gallery=gallery, state=PhotoState.QUARANTINED, error="worker_lost", stored=False)
    assert "was interrupted three times" in staff.get(change_page("galleryimage", photo)).content.decode()


def test_photos_are_analysed_again(staff, gallery):
    failed = PhotoFactory(gallery=gallery, state=PhotoState.FAILED, error="not_an_image", attempts=3, stored=False)
    answer = act(staff, "galleryimage", "analyse_again", failed)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.error) == (PhotoState.PENDING, 0, "")
    assert said(answer) == ["1 photo waits for analysis."]
    assert OrmQ.objects.count() == 1


def test_another_studios_photos_are_not_analysed_again(studio, gallery):
    photo = PhotoFactory(gallery=gallery, state=PhotoState.FAILED, stored=False)
    for client in (member(StudioFactory()), member(studio, Role.VIEWER)):
        act(client, "galleryimage", "analyse_again", photo)
        photo.refresh_from_db()
        assert photo.state == PhotoState.FAILED
    assert not OrmQ.objects.exists()


def test_without_a_trash_deleted_photos_take_their_files_along(
    staff, gallery, settings, django_capture_on_commit_callbacks
):
    settings.TRASH_DAYS = 0
    photo = PhotoFactory(gallery=gallery)
    page = reverse("admin:galleries_galleryimage_delete", args=[photo.pk])
    assert staff.get(page).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(page, {"post": "yes"})
    assert not GalleryImage.objects.exists()
    assert not photo.file.storage.exists(photo.file.name)


def test_verifiers_name_and_confirm_faces_but_change_no_gallery(studio, gallery):
    verifier = member(studio, Role.VERIFIER)
    face = FaceFactory(photo=PhotoFactory(gallery=gallery))
    person = PersonFactory(studio=studio)
    form = {"person": person.pk, "verified": "on", "face_category": "known"}
    assert verifier.post(change_page("photoface", face), form).status_code == 302
    face.refresh_from_db()
    assert (face.person, face.verified) == (person, True)
    assert face.insightface_descriptor is not None
    assert verifier.post(change_page("gallery", gallery), {"title": "x"}).status_code == 403


def test_a_face_takes_only_people_of_its_studio(gallery):
    client = Client()
    client.force_login(UserFactory(is_superuser=True))
    face = FaceFactory(photo=PhotoFactory(gallery=gallery))
    answer = client.post(change_page("photoface", face), {"person": PersonFactory().pk, "face_category": "known"})
    assert answer.context["adminform"].form.errors["person"] == ["This person belongs to another studio."]


def test_confirming_leaves_the_nameless_alone(staff, gallery):
    photo = PhotoFactory(gallery=gallery)
    named, nameless = FaceFactory(photo=photo, person=PersonFactory(studio=gallery.studio)), FaceFactory(photo=photo)
    act(staff, "photoface", "verify", named, nameless)
    named.refresh_from_db()
    nameless.refresh_from_db()
    assert (named.verified, nameless.verified) == (True, False)


@pytest.mark.parametrize("query", ["state__exact=failed", "gallery__id__exact={gallery}"])
def test_photos_are_filtered(query, staff, gallery):
    PhotoFactory(gallery=gallery, state=PhotoState.FAILED, stored=False)
    page = reverse("admin:galleries_galleryimage_changelist")
    assert staff.get(f"{page}?{query.format(gallery=gallery.pk)}").context["cl"].result_count == 1


@pytest.mark.parametrize(("query", "number"), [("verified__exact=0&person__isempty=0", 1), ("person__isempty=1", 1)])
def test_faces_are_filtered(query, number, staff, gallery):
    photo = PhotoFactory(gallery=gallery)
    FaceFactory(photo=photo, person=PersonFactory(studio=gallery.studio))
    FaceFactory(photo=photo)
    page = reverse("admin:galleries_photoface_changelist")
    assert staff.get(f"{page}?{query}").context["cl"].result_count == number


def test_filters_name_no_other_studios_rows(staff, gallery):
    FaceFactory(photo=PhotoFactory(gallery=gallery))
    GalleryFactory(title="A secret wedding")
    PersonFactory(real_name="A secret guest")
    for model in ("galleryimage", "photoface", "facecluster"):
        assert "A secret" not in staff.get(reverse(f"admin:galleries_{model}_changelist")).content.decode()


@pytest.fixture
def groups(gallery):
    found = [ClusterFactory(studio=gallery.studio, gallery=gallery) for _ in range(2)]
    for group in found:
        FaceFactory(photo=PhotoFactory(gallery=gallery), cluster=group)
    return found


def test_naming_a_group_names_its_faces_and_can_be_undone(staff, groups, gallery):
    person = PersonFactory(studio=gallery.studio)
    assert staff.post(change_page("facecluster", groups[0]), {"person": person.pk}).status_code == 302
    face = groups[0].faces.get()
    assert (face.person, face.verified) == (person, True)
    act(staff, "facedecision", "undo", FaceDecision.objects.get())
    face.refresh_from_db()
    assert (face.person, face.verified) == (None, False)


def test_groups_are_brought_together_and_rejected_from_the_list(staff, groups):
    act(staff, "facecluster", "merge", *groups)
    (left,) = FaceCluster.objects.shown()
    assert left.faces.count() == 2
    act(staff, "facecluster", "reject", left)
    assert not FaceCluster.objects.shown().exists()
    listed = staff.get(reverse("admin:galleries_facecluster_changelist")).context["cl"].result_count
    assert listed == 1  # the rejected one; the empty one is not shown
    listed = staff.get(reverse("admin:galleries_facedecision_changelist")).context["cl"].result_count
    assert listed == 2


def test_merging_one_group_says_that_it_takes_two(staff, groups):
    act(staff, "facecluster", "merge", groups[0])
    assert not FaceDecision.objects.exists()


def test_naming_a_face_is_a_decision(staff, groups, gallery):
    person = PersonFactory(studio=gallery.studio)
    face = groups[0].faces.get()
    staff.post(change_page("photoface", face), {"person": person.pk, "face_category": "unknown"})
    face.refresh_from_db()
    assert (face.person, face.verified, face.face_category) == (person, True, "known")
    assert FaceDecision.objects.get().kind == "name"


def test_a_group_takes_only_people_of_its_studio(groups):
    client = Client()
    client.force_login(UserFactory(is_superuser=True))
    answer = client.post(change_page("facecluster", groups[0]), {"person": PersonFactory().pk})
    assert answer.context["adminform"].form.errors["person"] == ["This person belongs to another studio."]
