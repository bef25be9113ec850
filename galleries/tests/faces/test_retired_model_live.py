"""A home whose faces were described by dlib, as the version before its removal left it, from the first start on.

Its rows come from that version itself: `data/home_described_by_dlib.copy.gz` holds COPY statements with what it wrote
for three pictures of one person, two of a group, names and decisions of each kind, and a photo that still waits. The
pictures are made again here from those that installed packages bring along.
"""

import gzip
import json
import urllib.error
import urllib.request
from pathlib import Path

import cv2
import insightface
import pytest
import skimage

from facepass.ops.embedded import EmbeddedPostgres
from facepass.testing.live import connect, manage, start
from facepass.testing.waiting import eventually

ROWS = Path(__file__).parent.parent / "data" / "home_described_by_dlib.copy.gz"
# What protected the descriptors in that home.
KEY = {"TEMPLATE_KEY": "1d" * 32, "LANGUAGE_CODE": "en"}
# The last migrations of the version that wrote the rows.
MIGRATIONS = {
    "facepass": "0006",
    "recognition": "0003",
    "galleries": "0013",
    "sessions_app": "0007",
    "training": "0003",
}
GROUP = Path(insightface.__file__).parent / "data" / "images" / "t1.jpg"
ASTRONAUT = Path(skimage.__file__).parent / "data" / "astronaut.png"


def resized(path, *, width):
    picture = cv2.imread(str(path))
    height = round(picture.shape[0] * width / picture.shape[1])
    return cv2.imencode(".png", cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))[1].tobytes()


def picture(name):
    """The bytes of the photo that was uploaded under that name."""
    if name in ("group.jpg", "astronaut.png"):
        return (GROUP if name == "group.jpg" else ASTRONAUT).read_bytes()
    widths = {"astronaut-small.png": 360, "astronaut-large.png": 700, "late.png": 420, "group-small.png": 960}
    return resized(GROUP if name == "group-small.png" else ASTRONAUT, width=widths[name])


def fill(connection):
    with gzip.open(ROWS, "rt") as file, connection.transaction():
        for statement in file:
            with connection.cursor().copy(statement.encode()) as copy:
                for line in iter(file.readline, "\\.\n"):
                    copy.write(line)


@pytest.fixture(scope="module")
def dlib_home(new_home):
    home = new_home()
    migrate = "; ".join(f"call_command('migrate', '{app}', '{name}')" for app, name in MIGRATIONS.items())
    done = manage(home, "shell", "-c", f"from django.core.management import call_command; {migrate}", **KEY)
    assert done.returncode == 0, done.stderr
    server = EmbeddedPostgres(home)
    server.start(owner="test")
    try:
        with connect(home) as connection:
            fill(connection)
            for path, name in connection.execute("SELECT file, original_name FROM gallery_images").fetchall():
                (home / "media" / path).parent.mkdir(parents=True, exist_ok=True)
                (home / "media" / path).write_bytes(picture(name))
    finally:
        server.stop()
    return home


NAMED = """
SELECT people.real_name, original_name, photo_faces.id, verified, face_category
FROM photo_faces JOIN gallery_images ON gallery_images.id = photo_id LEFT JOIN people ON people.id = person_id
WHERE person_id IS NOT NULL OR verified ORDER BY 1, 2, 3
"""
DECIDED = "SELECT id, kind, same, apart, person_id, made_at FROM face_decisions ORDER BY made_at"
FOUND = "SELECT id, photo_id, face_id, rank, favourite FROM guest_photos ORDER BY rank"


class Caller:
    """An app of the studio."""

    def __init__(self, live, key):
        self.live, self.key = live, key

    def __call__(self, method, path, body=None, *, kind="application/json"):
        request = urllib.request.Request(f"{self.live.url}/api/v1{path}", data=body, method=method)
        request.add_header("Authorization", f"Bearer {self.key}")
        request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


def multipart(field, data, **values):
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    return b"".join([*parts, head.encode(), data, b"\r\n--x--\r\n"]), "multipart/form-data; boundary=x"


def issued(home):
    script = "from facepass.models import ApiKey, Studio; print(ApiKey.issue(Studio.objects.get(), name='app')[1])"
    done = manage(home, "shell", "-c", script, **KEY)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def test_it_goes_on_reading_says_what_to_run_and_keeps_everything_through_the_switch(dlib_home):
    live = start(dlib_home, **KEY)
    try:
        assert "facepass.W004" in live.output
        assert "manage.py generate_descriptors" in live.output
        app = Caller(live, issued(dlib_home))
        before = {sql: live.query(sql) for sql in (NAMED, DECIDED, FOUND)}
        assert all(before.values())
        _reads(live, app)
        _refuses_what_it_cannot_do(live, app)
        done = manage(dlib_home, "generate_descriptors", **KEY)
        assert done.returncode == 0, done.stderr
        assert "In use: onnx opencv_zoo" in done.stdout
        live.wait_for("Another model describes the faces now")
        assert {sql: live.query(sql) for sql in (NAMED, DECIDED, FOUND)} == before
        _does_everything_again(live, app)
        assert live.stop() == 0
    finally:
        if live.process.poll() is None:
            live.stop()


def _reads(live, app):
    with urllib.request.urlopen(f"{live.url}/health/ready", timeout=300) as answer:
        engine = json.loads(answer.read())["checks"]["engine"]
    assert (engine["status"], engine["code"]) == ("warning", "model_gone")
    status, people = app("GET", "/people")
    assert (status, {person["real_name"] for person in people["results"]}) == (200, {"Ann", "Eileen"})
    ((gallery,),) = live.query("SELECT id FROM galleries WHERE title = 'Launch party'")
    for path in (*(f"/galleries/{gallery}{part}" for part in ("", "/images", "/progress")), "/groups", "/decisions"):
        assert app("GET", path)[0] == 200, path


def _search(live, app):
    ((session,),) = live.query("SELECT id FROM photo_sessions")
    body, kind = multipart("file", resized(ASTRONAUT, width=480), session_id=session)
    return app("POST", "/faces/search-session", body, kind=kind)


def _refuses_what_it_cannot_do(live, app):
    """New photos wait without an attempt; a selfie is refused in words."""
    status, answer = _search(live, app)
    assert (status, answer["error"]["code"]) == (503, "model_gone")
    assert "generate_descriptors" in answer["error"]["message"]
    ((gallery,),) = live.query("SELECT id FROM galleries WHERE title = 'Launch party'")
    body, kind = multipart("files", resized(ASTRONAUT, width=520))
    assert app("POST", f"/galleries/{gallery}/images", body, kind=kind)[0] == 202
    live.wait_for("waits for manage.py generate_descriptors")
    states = live.query("SELECT DISTINCT state, attempts FROM gallery_images WHERE processed_at IS NULL")
    assert states == [("pending", 0)]


def _does_everything_again(live, app):
    """The photos that waited are analysed, and a selfie finds all the person's photos."""

    def nobody_waits():
        return live.query("SELECT count(*) FROM gallery_images WHERE state <> 'processed'") == [(0,)]

    eventually(nobody_waits)
    status, answer = eventually(lambda: (found := _search(live, app))[0] == 200 and found)
    found = {match["filename"] for match in answer["matches"]}
    assert status == 200
    assert {"astronaut.png", "astronaut-small.png", "astronaut-large.png", "late.png"} <= found
    assert not any(name.startswith("group") for name in found)
