"""Both clients against one running server: web process, worker and database, with the fake engine."""

import asyncio
import os
import re
import subprocess
import sys
import uuid

import httpx
import pytest
from django.conf import settings
from facepass_client import (
    AsyncFacePass,
    CannotBeUsed,
    ChangedMeanwhile,
    Conflict,
    FacePass,
    Named,
    NotFound,
    NotReadable,
    Refused,
    models,
)

from facepass.testing.live import manage, remove, start
from facepass.testing.pictures.fake import picture_of
from facepass.testing.waiting import PATIENCE_SECONDS

FAKE = {"DJANGO_SETTINGS_MODULE": "facepass.testing.engines.fake_settings"}
KEYS = """
from facepass.models import ApiKey, Scope, Studio
for name in ("client", "python", "typescript"):  # a journey hears by its webhook of its own gallery only
    studio = Studio.objects.create(name=name, slug=name)
    print(f"key of {name}:", ApiKey.issue(studio, name="client", scopes=Scope.values)[1])
"""
CLIENTS = settings.BASE_DIR / "clients"
GUIDE = settings.BASE_DIR / "docs" / "api.md"


@pytest.fixture(scope="module")
def server(new_home, migrated_home):
    """The server's address, and by name the keys of three studios."""
    home = new_home(migrated_home)
    running = start(home, WEBHOOK_ALLOWED_NETWORKS="127.0.0.1/32", **FAKE)
    made = manage(home, "shell", "-c", KEYS, **FAKE)
    yield running.url, dict(re.findall(r"^key of (\w+): (\S+)$", made.stdout, re.MULTILINE))
    running.stop()
    remove(home)


@pytest.fixture
def facepass(server):
    address, keys = server
    with FacePass(address, keys["client"], timeout=PATIENCE_SECONDS) as client:
        yield client


@pytest.fixture
def party(tmp_path):
    """A folder of photos, and a selfie of somebody who is in two of them."""
    (tmp_path / "photos").mkdir()
    for number, who in enumerate((["bob"], ["bob", "eve"], ["eve"])):
        (tmp_path / "photos" / f"{number}.jpg").write_bytes(picture_of(who, seed=number))
    (tmp_path / "selfie.jpg").write_bytes(picture_of(["bob#1"]))
    return tmp_path


def test_people_and_their_faces(facepass):
    ann = facepass.users.create(email="ann@example.org", full_name="Ann", external_id="a1", metadata={"vip": True})
    assert facepass.users.get(ann["id"]) == ann
    with pytest.raises(Conflict) as refusal:
        facepass.users.create(email="ANN@example.org", full_name="Ann again")
    assert refusal.value.code == "email_taken"
    assert refusal.value.request_id
    assert facepass.users.change(ann["id"], full_name="Ann B.")["full_name"] == "Ann B."
    report = facepass.people.bulk(people=[{"external_id": str(each), "real_name": f"P{each}"} for each in range(60)])
    assert report["created"] == 60
    assert len([*facepass.users.list()]) == facepass.people.list().count() == 61  # two pages
    enrolled = facepass.faces.upload(person_id=ann["id"], file=picture_of(["ann"]))
    task = facepass.wait_for_task(enrolled["task_id"], seconds=PATIENCE_SECONDS)
    assert [face["id"] for face in facepass.faces.list_of_user(ann["id"])] == [task["result"]["face_id"]]
    failed = facepass.faces.upload(person_id=ann["id"], file=picture_of(["ann", "bob"]))
    failed = facepass.wait_for_task(failed["task_id"], seconds=PATIENCE_SECONDS)
    assert (failed["state"], failed["error"]) == ("failed", "multiple_faces")
    assert facepass.people.export(ann["id"]).startswith(b"PK")
    assert facepass.users.delete(ann["id"])["deleted"]["faces"] == 1


def test_photos_are_sent_in_every_way_and_found(facepass, party):
    seen = []
    session = facepass.sessions.create(id=str(uuid.uuid4()), name="Party", facepass_enabled=True)
    gallery = facepass.galleries.create(title="Party", session_id=session["id"])
    paths = sorted((party / "photos").iterdir())
    with paths[1].open("rb") as stream:
        pictures = [Named(paths[0].read_bytes(), "0.jpg"), stream, paths[2], paths[0], b"no picture"]
        report = facepass.upload_photos(gallery["id"], pictures, on_progress=lambda *sent: seen.append(sent))
    assert {name: len(report[name]) for name in report} == {"accepted": 3, "duplicates": 1, "rejected": 1}
    assert seen[-1][0] == seen[-1][1]
    progress = facepass.wait_for_gallery(gallery["id"], seconds=PATIENCE_SECONDS)
    assert (progress["processed"], progress["faces"]) == (3, 4)
    found = facepass.faces.search_session(session_id=session["id"], file=party / "selfie.jpg", limit=10)
    assert sorted(match["filename"] for match in found["matches"]) == ["0.jpg", "1.jpg"]
    assert httpx.get(found["matches"][0]["thumbnail_url"], timeout=PATIENCE_SECONDS).status_code == 200
    photo = found["matches"][0]["photo_id"]
    assert facepass.recognition.detect_faces(photo_id=photo)["photo_id"] == photo
    assert [each["photo_count"] for each in facepass.galleries.list(session_id=session["id"])] == [3]


def test_a_stream_that_knows_no_size_arrives(facepass):
    class Pipe:
        def __init__(self):
            self.rest = [picture_of(["zoe"], seed=9)]

        def read(self, _size=-1):
            return self.rest.pop() if self.rest else b""

    gallery = facepass.galleries.create(title="Pipe")
    assert len(facepass.galleries.upload_images(gallery["id"], files=Named(Pipe(), "z.jpg"))["accepted"]) == 1


def test_two_pictures_and_a_challenge(facepass):
    reference = facepass.verification.create_reference(file=picture_of(["bob"]), label="passport")["id"]
    assert facepass.verification.verify(reference_id=reference, file=picture_of(["bob#1"]))["verified"]
    assert not facepass.verification.compare(file=picture_of(["bob"]), other_file=picture_of(["eve"]))["verified"]
    facepass.verification.delete_reference(reference)
    with pytest.raises(NotFound):
        facepass.verification.verify(reference_id=reference, file=picture_of(["bob"]))
    assert len(facepass.recognition.detect_faces(file=picture_of(["bob", "eve"]))["faces"]) == 2
    challenge = facepass.verification.create_challenge()["challenge_id"]
    frames = [picture_of(["bob"])] * 3
    assert "steps_not_done" in facepass.verification.check_liveness(challenge_id=challenge, files=frames)["reasons"]
    with pytest.raises(Refused, match="model_not_installed"):
        facepass.verification.check_liveness(file=picture_of(["bob"]))
    with pytest.raises(CannotBeUsed):
        facepass.verification.compare(file=picture_of([]), other_file=picture_of(["bob"]))
    with pytest.raises(NotReadable):
        facepass.verification.compare(file=b"no picture", other_file=picture_of(["bob"]))


def test_settings_that_somebody_else_changed_meanwhile(facepass):
    etag = facepass.request("GET", "/api/v2/config").headers["ETag"]
    part = {"confidence_thresholds": {"verify": 0.61}}
    changed = facepass.config.change(recognition_settings=part, if_match=etag)
    assert changed["recognition_settings"]["confidence_thresholds"]["verify"] == 0.61
    with pytest.raises(ChangedMeanwhile):
        facepass.config.change(recognition_settings={"detection": "fast"}, if_match=etag)


def test_answers_have_all_that_their_types_promise(facepass):
    person, other = (facepass.people.create(real_name=name) for name in ("Iva", "Iva P."))
    session = facepass.sessions.create(name="Types")
    answers = [
        (person, models.Person),
        (facepass.users.get(person["id"]), models.User),
        (facepass.people.merge(person["id"], person_ids=[other["id"]]), models.Merged),
        (session, models.Session),
        (facepass.galleries.create(title="Types", session_id=session["id"]), models.Gallery),
        (facepass.admin.create_key(name="Types"), models.IssuedKey),
        (next(iter(facepass.admin.list_keys())), models.Key),
        (facepass.verification.create_reference(file=picture_of(["iva"])), models.Reference),
        (facepass.webhooks.create(url="https://example.com/hook", events=["face.enrolled"]), models.Secret),
        (next(iter(facepass.webhooks.list())), models.Endpoint),
        (facepass.verification.create_challenge(), models.Challenge),
    ]
    for answer, kind in answers:
        assert {*answer} == kind.__required_keys__ | kind.__optional_keys__, kind
        assert kind.__optional_keys__ == frozenset()


def test_the_same_for_asyncio(server, party):
    address, keys = server

    async def journey():
        async with AsyncFacePass(address, keys["client"], timeout=PATIENCE_SECONDS) as facepass:
            assert (await facepass.service.health())["status"] == "healthy"
            session = await facepass.sessions.create(name="Async", facepass_enabled=True)
            gallery = await facepass.galleries.create(title="Async", session_id=session["id"])
            await facepass.upload_photos(gallery["id"], (party / "photos").glob("*.jpg"))
            await facepass.wait_for_gallery(gallery["id"], seconds=PATIENCE_SECONDS)
            pages = [page async for page in facepass.images.list(session_id=session["id"], page_size=2).pages()]
            assert [len(page) for page in pages] == [2, 1]
            found = await facepass.faces.search_session(session_id=session["id"], file=party / "selfie.jpg")
            with pytest.raises(NotFound):
                await facepass.galleries.get(str(uuid.uuid4()))
            return sorted(match["filename"] for match in found["matches"])

    assert asyncio.run(journey()) == ["0.jpg", "1.jpg"]


def run(server, party, *command, key):
    """Run a program with the folder of photos and the selfie, and return what it says."""
    address, keys = server
    done = subprocess.run(
        [*command, party / "photos", party / "selfie.jpg"],
        env={**os.environ, "BASE": address, "KEY": keys[key], "PYTHONPATH": str(CLIENTS / "python")},
        timeout=2 * PATIENCE_SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_typescript_client_does_the_same(server, party, typescript_package):
    run(server, party, "node", typescript_package / "tests" / "live.js", key="client")


def assert_journey(said):
    assert sorted(re.findall(r"^match (\S+)", said, re.MULTILINE)) == ["0.jpg", "1.jpg"]
    assert re.search(r"^webhook gallery\.processed [123]$", said, re.MULTILINE)
    *_others, (sent, total) = re.findall(r"^sent (\d+) (\d+)$", said, re.MULTILINE)
    assert sent == total


def count_lines(path):
    """Return how many lines there are, whatever is in them."""
    return len(path.read_text().splitlines())


def test_the_partner_s_journey_in_thirty_lines_of_python(server, party):
    example = CLIENTS / "python" / "examples" / "journey.py"
    assert count_lines(example) <= 30
    assert f"```python\n{example.read_text()}```" in GUIDE.read_text()
    assert_journey(run(server, party, sys.executable, example, key="python"))


def test_the_partner_s_journey_in_twenty_lines_of_typescript(server, party, typescript_package):
    example = CLIENTS / "typescript" / "examples" / "journey.ts"
    assert count_lines(example) <= 20
    assert f"```typescript\n{example.read_text()}```" in GUIDE.read_text()
    assert_journey(run(server, party, "node", typescript_package / "dist-examples" / "journey.js", key="typescript"))
