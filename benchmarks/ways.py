"""Which files of FacePass a photo, a selfie and a staff decision pass through, counted while they do.

    python benchmarks/ways.py [--details | --json]

Everything runs in this process, on an embedded database of its own and with the pack in use:

- a photo: `POST /api/v1/galleries/{id}/images`, and then the tasks that it queued, until its faces are in groups;
- a selfie: `POST /s/CODE/` by a guest who has agreed, and the page of results to which it leads;
- a staff decision: the groups page names a group.

A file counts when one of its functions is called. What only happens on import does not count, so each way is walked
once before, with another picture. The numbers are files by app; `--details` names them, `--json` does for structure.py.
This script asks for addresses only and knows no module but Django's, so a copy of it in the `benchmarks/` folder of
another revision measures that one.
"""

import argparse
import io
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import FrameType
from typing import Any

import own_home
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parent.parent
APPS = ("facepass", "recognition", "galleries", "sessions_app", "training")
HOST = {"SERVER_NAME": "localhost"}
ROUNDS = 20  # of the queue, at most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--details", action="store_true", help="name the files")
    parser.add_argument("--json", action="store_true", help="name the files, for a program")
    options = parser.parse_args()
    with own_home.opened(None):
        ways = walked()
    if options.json:
        print(json.dumps(ways))
        return
    for way, paths in ways.items():
        print(f"{way:15} {by_app(paths)}")
        if options.details:
            print("".join(f"    {path}\n" for path in paths), end="")


def by_app(paths: list[str]) -> str:
    """Return how many they are, in all and of each app."""
    apps = Counter(path.split("/")[0] for path in paths)
    return f"{len(paths)} ({', '.join(f'{app} {apps[app]}' for app in APPS if apps[app])})"


def walked() -> dict[str, list[str]]:
    """Return the files on each way, sorted."""
    key, gallery, session, staff = _rows()
    first, second = _photos()

    def upload(photo: bytes) -> None:
        _upload(key, gallery, photo)
        _work_off_the_queue()

    upload(first)
    photo = _traced(lambda: upload(second))
    selfie = _traced_again(lambda: _search(session, _selfie()))
    decision = _traced_again(lambda: _name_a_group(staff, session))
    return {"a photo": photo, "a selfie": selfie, "a staff decision": decision}


def _rows() -> tuple[str, Any, Any, Any]:
    """Return an API key, and a gallery, a photo session and a member of staff, all of one studio."""
    from django.apps import apps
    from django.test import Client

    studio = apps.get_model("facepass", "Studio").objects.create(name="Studio", slug="studio")
    _row, key = apps.get_model("facepass", "ApiKey").issue(studio, name="ways")
    session = apps.get_model("sessions_app", "PhotoSession").objects.create(
        studio=studio, name="Party", facepass_enabled=True
    )
    gallery = apps.get_model("galleries", "Gallery").objects.create(studio=studio, title="Party", session_id=session.pk)
    user = apps.get_model("facepass", "User").objects.create_superuser("staff", "staff@example.org", "password")
    staff = Client(**HOST)
    staff.force_login(user)
    return key, gallery, session, staff


def _photos() -> tuple[bytes, bytes]:
    """Return two photos of the same seven people, from pictures that installed packages ship."""
    group = Image.open(str(files("insightface") / "data/images/t1.jpg")).convert("RGB")
    canvas = Image.new("RGB", (group.width + 512, max(group.height, 512)), (120, 130, 140))
    canvas.paste(group, (0, 0))
    canvas.paste(_astronaut(), (group.width, 0))
    return _jpeg(canvas), _jpeg(ImageOps.mirror(canvas))


def _selfie() -> bytes:
    return _jpeg(_astronaut())


def _astronaut() -> Image.Image:
    return Image.open(str(files("skimage") / "data/astronaut.png")).convert("RGB")


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def _upload(key: str, gallery: Any, photo: bytes) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    client = Client(**HOST, headers={"Authorization": f"Bearer {key}"})
    files = {"files": SimpleUploadedFile("party.jpg", photo, "image/jpeg")}
    answer = client.post(f"/api/v1/galleries/{gallery.pk}/images", files)
    assert answer.status_code == 202, answer.content
    assert answer.json()["accepted"], answer.content


def _work_off_the_queue() -> None:
    """Run what was queued, and what that queues, as a worker would."""
    from django.utils.module_loading import import_string
    from django_q.models import OrmQ

    for _round in range(ROUNDS):
        tasks = [row.task for row in OrmQ.objects.all()]
        if not tasks:
            return
        OrmQ.objects.all().delete()
        for task in tasks:
            function = import_string(task["func"]) if isinstance(task["func"], str) else task["func"]
            function(*task["args"], **task.get("kwargs", {}))
    raise RuntimeError("the queue does not become empty")


def _search(session: Any, selfie: bytes) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    guest, page = Client(**HOST), f"/s/{session.code}/"
    with untraced():
        guest.post(f"{page}consent/", {"agree": "on"})
    answer = guest.post(page, {"selfie": SimpleUploadedFile("me.jpg", selfie, "image/jpeg")}, follow=True)
    assert "data-photo=" in answer.content.decode(), f"nobody was found: {answer.status_code}"


def _name_a_group(staff: Any, session: Any) -> None:
    from django.apps import apps

    groups = apps.get_model("galleries", "FaceCluster").objects.filter(person=None, size__gt=1)
    group = groups.order_by("pk").first()
    assert group, "the photos have no group"
    body = {"group": str(group.pk), "name": f"Guest {group.pk.hex[:6]}"}
    address = f"/admin/galleries/facecluster/of/{session.pk}/name/"
    answer = staff.post(address, json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content


# --- counting


def _traced_again(what: Callable[[], None]) -> list[str]:
    what()
    return _traced(what)


def _traced(what: Callable[[], None]) -> list[str]:
    """Return the files of the apps in which a function is called meanwhile, on any thread that starts meanwhile."""
    found: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_flags & CO_OPTIMIZED:  # a module's or a class's body is not
            found.add(frame.f_code.co_filename)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        what()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]  # as documented
    return sorted(path for path in map(_own, found) if path)


@contextmanager
def untraced() -> Iterator[None]:
    """Leave out what comes before a way begins."""
    profile = sys.getprofile()
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(profile)


def _own(filename: str) -> str:
    """Return the path in the repository, and nothing for files that are not the apps'."""
    path = Path(filename)
    if not path.is_relative_to(ROOT):
        return ""
    inside = path.relative_to(ROOT)
    return str(inside) if inside.parts[0] in APPS else ""


if __name__ == "__main__":
    main()
