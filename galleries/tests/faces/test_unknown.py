"""POST /regenerate-unknown-descriptors and /generate-descriptors: the jobs behind them."""

import pytest
from django.core.files.storage import default_storage

from facepass.testing.engines.other_engine import OtherEngine
from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory
from galleries import tasks
from galleries.faces import redescription, unknown_faces
from galleries.jobs import runner
from galleries.models import Job, PhotoFace
from galleries.models.face import FaceCategory
from galleries.models.photo import GalleryImage
from galleries.photos import analysis
from recognition.engines import registry
from recognition.model_versions import get_or_create_model_version
from recognition.models import ModelVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

UNKNOWN = "/regenerate-unknown-descriptors"


def analysed(gallery, people):
    photo = PhotoFactory(gallery=gallery, people=people)
    analysis.analyse_photo(GalleryImage.objects.filter(pk=photo.pk).claim_next())
    photo.refresh_from_db()
    return photo


@pytest.fixture
def photo(studio):
    return analysed(GalleryFactory(studio=studio), ["ann", "bob"])


def run(answer) -> Job:
    """Works through the job, turn by turn."""
    assert answer.status_code == 202
    job = Job.objects.get(pk=answer.json()["task_id"])
    for _turn in range(20):
        tasks.run_job(str(job.pk))
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("slash", ["", "/"])
def test_faces_without_a_person_are_described_anew_and_the_others_left(api, photo, slash):
    named, unknown = photo.faces.all()
    named.person = PersonFactory(studio=photo.gallery.studio)
    named.save()
    before = unknown.insightface_descriptor
    PhotoFace.objects.update(insightface_descriptor=None)
    job = run(api.post(f"{UNKNOWN}{slash}"))
    assert (job.state, job.result) == ("done", {"photos": 1, "faces": 1, "unreadable": 0})
    named.refresh_from_db()
    unknown.refresh_from_db()
    assert named.insightface_descriptor is None
    assert sum(a * b for a, b in zip(unknown.insightface_descriptor, before, strict=True)) > 0.999


def test_faces_of_another_version_come_to_the_one_in_use(api, photo):
    with registry.use_engine(OtherEngine()) as other:
        old = get_or_create_model_version(other)
    PhotoFace.objects.update(model_version=old)
    run(api.post(UNKNOWN))
    assert set(PhotoFace.objects.values_list("model_version", flat=True)) == {ModelVersion.objects.active().pk}


def test_faces_that_are_none_and_those_of_other_studios_are_left(api, photo):
    elsewhere = analysed(GalleryFactory(), ["carl"])
    photo.faces.update(face_category=FaceCategory.IGNORED)
    PhotoFace.objects.update(insightface_descriptor=None)
    assert run(api.post(UNKNOWN)).result == {"photos": 0, "faces": 0, "unreadable": 0}
    assert elsewhere.faces.get().insightface_descriptor is None


def test_a_photo_that_cannot_be_read_is_counted_and_stops_nothing(api, photo):
    broken = analysed(photo.gallery, ["dora"])
    default_storage.delete(broken.file.name)
    assert run(api.post(UNKNOWN)).result == {"photos": 2, "faces": 2, "unreadable": 1}


def test_it_goes_on_where_the_former_turn_ended(api, photo, monkeypatch):
    for name in ("carl", "dora"):
        analysed(photo.gallery, [name])
    turns = iter([True, False] * 20)
    monkeypatch.setattr(runner.JobTurn, "has_time", lambda turn: next(turns))
    job = run(api.post(UNKNOWN))
    assert (job.done, job.total, job.result) == (3, 3, {"photos": 3, "faces": 4, "unreadable": 0})


def test_a_face_that_is_named_meanwhile_keeps_its_description(api, photo, monkeypatch):
    def name_them(*faces, **_options):
        PhotoFace.objects.update(person=PersonFactory(), insightface_descriptor=None)
        return original(*faces, **_options)

    original = unknown_faces.decode_photo
    monkeypatch.setattr(unknown_faces, "decode_photo", name_them)
    assert run(api.post(UNKNOWN)).result["faces"] == 0
    assert not PhotoFace.objects.exclude(insightface_descriptor=None).exists()


def test_everything_is_described_by_the_model_that_is_configured_and_switched(api, photo):
    other = OtherEngine()
    with registry.use_engine(other):
        answer = api.post("/generate-descriptors/")
        job = run(answer)
        assert (job.state, job.result["photos"], job.result["unreadable"]) == ("done", 1, 0)
        assert ModelVersion.objects.active().contract_id == other.contract_id
        progress = api.get(f"/api/v1/tasks/{job.pk}").json()["progress"]
    assert progress == {"done": 1, "total": 1, "eta_seconds": 0}


def test_generate_descriptors_counts_over_its_turns(api, photo, monkeypatch):
    for name in ("carl", "dora"):
        analysed(photo.gallery, [name])
    turns = iter([True, False, False] * 20)
    monkeypatch.setattr(redescription, "BATCH", 1)
    monkeypatch.setattr(runner.JobTurn, "has_time", lambda turn: next(turns))
    with registry.use_engine(OtherEngine()):
        job = Job.objects.get(pk=api.post("/generate-descriptors").json()["task_id"])
        tasks.run_job(str(job.pk))
        job.refresh_from_db()
        assert (job.state, job.done, job.total) == ("pending", 1, 3)
        monkeypatch.setattr(runner.JobTurn, "has_time", lambda turn: True)
        tasks.run_job(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result["photos"]) == ("done", 3)


def test_a_key_without_the_scope_starts_nothing(client_of, studio):
    partner = client_of(studio, scopes=["read", "write", "search"])
    assert partner.post("/generate-descriptors").status_code == 403
    assert client_of(studio, scopes=["read"]).post(UNKNOWN).status_code == 403
    assert not Job.objects.exists()


def test_without_a_key_nothing_starts(client):
    assert client.post(UNKNOWN).status_code == 401
    assert client.get("/generate-descriptors").status_code == 401


def test_a_get_is_not_allowed(api):
    assert api.get(UNKNOWN).status_code == 405
