"""How soon the heavy pages of the admin answer: time to the first byte, over HTTP, of a gallery of many photos.

    python benchmarks/staff.py [PHOTOS] [FACES] [ROUNDS]     5000 100000 40

A real server (uvicorn, one process) and a signed-in owner of a studio with EVENTS events. Half of the faces have a name
that nobody has confirmed; a tenth of the others are in groups without a name. A row of PAGES for each page of one
object: add yours. Every other page of the console whose address names no object is asked for too.
"""

import os
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import own_home

PEOPLE = 40
EVENTS = 200
# Groups without a name.
GROUPS = 500
AT_ONCE = 5000
FIRST_PHOTO = datetime(2026, 8, 15, 10, tzinfo=UTC)
# Of so many photos one has no face.
EMPTY = 20
# Name and address, in which `gallery`, `photo` and `person` stand for ids of the benchmark's own rows.
PAGES = [
    ("first page", "/admin/"),
    ("first page, numbers", "/admin/now/"),
    ("events", "/admin/sessions_app/photosession/"),
    ("event", "/admin/sessions_app/photosession/{event}/event/"),
    ("event, numbers", "/admin/sessions_app/photosession/{event}/event/now/"),
    ("galleries", "/admin/galleries/gallery/"),
    ("gallery", "/admin/galleries/gallery/{gallery}/photos/"),
    ("gallery, first window", "/admin/galleries/gallery/{gallery}/photos/window/?limit=100"),
    ("gallery, last window", "/admin/galleries/gallery/{gallery}/photos/window/?limit=100&offset={last}"),
    ("gallery, by name", "/admin/galleries/gallery/{gallery}/photos/window/?limit=100&sort=name&offset={last}"),
    ("gallery, by upload", "/admin/galleries/gallery/{gallery}/photos/window/?limit=100&sort=upload&offset={last}"),
    ("gallery, a file", "/admin/galleries/gallery/{gallery}/photos/window/?limit=100&q=IMG_042"),
    ("gallery, a name", "/admin/galleries/gallery/{gallery}/photos/window/?limit=100&q=Person%203"),
    ("gallery, hidden", "/admin/galleries/gallery/{gallery}/photos/window/?limit=100&filter=hidden"),
    ("gallery, all ids", "/admin/galleries/gallery/{gallery}/photos/ids/"),
    ("gallery, unnamed", "/admin/galleries/gallery/{gallery}/photos/window/?limit=100&filter=unnamed"),
    ("gallery, no faces", "/admin/galleries/gallery/{gallery}/photos/window/?limit=100&filter=no_faces"),
    ("gallery, a person", "/admin/galleries/gallery/{gallery}/photos/window/?limit=100&person={person}"),
    ("gallery, counts", "/admin/galleries/gallery/{gallery}/photos/counts/"),
    ("gallery, people", "/admin/galleries/gallery/{gallery}/photos/people/"),
    ("photo", "/admin/galleries/galleryimage/{photo}/faces/"),
    ("groups", "/admin/galleries/facecluster/of/{gallery}/"),
    ("person", "/admin/galleries/person/{person}/change/"),
    ("names to confirm", "/admin/galleries/photoface/verify/"),
    ("names to confirm, the list", "/admin/galleries/photoface/verify/list/"),
    ("people as CSV", "/admin/galleries/facecluster/of/{gallery}/export/people.csv"),
    ("photo, faces", "/admin/galleries/galleryimage/{photo}/faces/described/?filter=unnamed"),
]


def main() -> None:
    photos, faces, rounds = [int(number) for number in sys.argv[1:]] + [5000, 100_000, 40][len(sys.argv) - 1 :]
    with own_home.opened(None):
        ids = filled(photos, faces)
        cookie = signed_in()
        with served() as address:
            for name, page in PAGES:
                told(name, [first_byte(address + page.format(**ids), cookie) for _round in range(rounds + 3)][3:])
            for page in other_pages():
                told(page, [first_byte(address + page, cookie) for _round in range(rounds // 4 + 3)][3:])


def other_pages() -> list[str]:
    """Return the addresses of the console's pages that name no object and that an owner may open."""
    from django.test import Client
    from django.urls import get_resolver

    from facepass.models import User

    owner = Client(headers={"host": "localhost"})
    owner.force_login(User.objects.get(username__startswith="staff-"))
    admin = next(each for each in get_resolver().url_patterns if str(each.pattern) == "admin/")
    found = []
    for path in sorted(f"/admin/{route}" for route in plain_routes(admin.url_patterns) if "logout" not in route):
        answer = owner.get(path)
        if answer.status_code == 200 and not answer.streaming and b"<html" in answer.content:
            found.append(path)
    return [path for path in found if path not in {page for _name, page in PAGES}]


def plain_routes(patterns: list[Any]) -> Iterator[str]:
    """Yield the routes below these that take no arguments."""
    for each in patterns:
        route = str(each.pattern)
        if "<" in route or "(" in route:
            continue
        if hasattr(each, "url_patterns"):
            yield from (route + below for below in plain_routes(each.url_patterns))
        else:
            yield route


def filled(photos: int, faces: int) -> dict[str, Any]:
    """The rows; the ids that the addresses name."""
    from facepass.models import Studio
    from galleries.models import Gallery, Person

    studio = Studio.objects.create(name="benchmark", slug="benchmark")
    event = event_rows(studio)
    gallery = Gallery.objects.create(studio=studio, session_id=event.pk, title=f"{photos} photos")
    people = Person.objects.bulk_create(Person(studio=studio, real_name=f"Person {n}") for n in range(PEOPLE))
    rows = photo_rows(gallery, photos)
    face_rows(gallery, rows, people, faces)
    group_rows(gallery)
    analyse_tables()
    middle = next(row.pk for place, row in enumerate(rows) if place >= len(rows) // 2 and place % EMPTY)
    return {
        "event": event.pk,
        "gallery": gallery.pk,
        "photo": middle,
        "person": people[0].pk,
        "last": max(0, photos - 100),
    }


def event_rows(studio: Any) -> Any:
    """EVENTS events; the last one is returned."""
    from sessions_app.models import PhotoSession

    rows = (PhotoSession(studio=studio, name=f"Event {number}", facepass_enabled=True) for number in range(EVENTS))
    return PhotoSession.objects.bulk_create(rows)[-1]


def group_rows(gallery: Any) -> None:
    """GROUPS groups of ten of the faces that have no name."""
    from galleries.models import FaceCluster, Occasion, PhotoFace

    fields = Occasion.for_gallery(gallery).fields
    groups = FaceCluster.objects.bulk_create(FaceCluster(**fields) for _group in range(GROUPS))
    loose = PhotoFace.objects.filter(gallery=gallery, person=None).values_list("pk", flat=True)[: 10 * GROUPS]
    ids = list(loose)
    for place, group in enumerate(groups):
        PhotoFace.objects.filter(pk__in=ids[10 * place : 10 * place + 10]).update(cluster=group)


def photo_rows(gallery: Any, number: int) -> list[Any]:
    from galleries.models import GalleryImage

    return GalleryImage.objects.bulk_create(
        (
            GalleryImage(
                gallery=gallery,
                original_name=f"IMG_{n:05}.jpg",
                sha256=f"{n:064}",
                byte_size=8_000_000,
                width=6000,
                height=4000,
                taken_at=FIRST_PHOTO + timedelta(seconds=7 * n),
                folder=f"card {n % 3}",
                hidden_from_guests=n % EMPTY == 1,
                state="processed",
            )
            for n in range(number)
        ),
        batch_size=2000,
    )


def face_rows(gallery: Any, photos: list[Any], people: list[Any], number: int) -> None:
    """In all photos but each EMPTY-th; every other face has a name that is proposed."""
    import numpy as np

    from galleries.models import PhotoFace
    from recognition.model_versions import current_model_version

    version, rng = current_model_version(), np.random.default_rng(1)
    shown = [photo for place, photo in enumerate(photos) if place % EMPTY]
    for start in range(0, number, AT_ONCE):
        PhotoFace.objects.bulk_create(
            PhotoFace(
                photo=shown[n % len(shown)],
                gallery=gallery,
                model_version=version,
                insightface_bbox={"x": 200.0 * (n % 20), "y": 900.0, "width": 180.0, "height": 220.0},
                insightface_confidence=0.9,
                insightface_descriptor=rng.standard_normal(512).astype(np.float32),
                landmarks=[[0, 0]] * 5,
                quality={"reasons": []},
                person=people[n % PEOPLE] if n % 2 else None,
                face_category="known" if n % 2 else "unknown",
            )
            for n in range(start, min(number, start + AT_ONCE))
        )


def analyse_tables() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("photo_faces", "gallery_images"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def signed_in() -> str:
    """The session of a member of the studio."""
    from django.test import Client

    from facepass.models import Membership, Role, Studio, User

    user = User.objects.create(username=f"staff-{uuid.uuid4().hex[:8]}", is_staff=True)
    Membership.objects.create(studio=Studio.objects.get(slug="benchmark"), user=user, role=Role.OWNER)
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@contextmanager
def served() -> Iterator[str]:
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "facepass.asgi:application",
        "--port",
        str(port),
        "--log-level",
        "error",
    ]
    process = subprocess.Popen(
        command, env={**os.environ, "FACEPASS_ROLE": "web"}, cwd=own_home.__file__.rpartition("/benchmarks/")[0]
    )
    try:
        wait_for(f"http://localhost:{port}/health")
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str) -> None:
    import requests

    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if requests.get(address, timeout=2).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def first_byte(address: str, cookie: str) -> float:
    """Milliseconds until the answer's head is there."""
    import requests

    started = time.perf_counter()
    with requests.get(address, cookies={"sessionid": cookie}, stream=True, allow_redirects=False, timeout=30) as answer:
        spent = (time.perf_counter() - started) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
    return spent


def told(name: str, times: list[float]) -> None:
    ranked = sorted(times)
    print(f"{name}: p50 {statistics.median(ranked):.0f} ms, p95 {ranked[int(len(ranked) * 0.95)]:.0f} ms", flush=True)


if __name__ == "__main__":
    main()
