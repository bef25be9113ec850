"""What the most used reads of the API cost: milliseconds of the processor, and queries, for each request.

    python benchmarks/reads.py [--requests 10] [--profile READ]

The ASGI application is called in this process, as a web process of `manage.py up` calls it, with its pool and all its
middleware, and without HTTP. Counted is `time.process_time`: what the database itself takes is not in it. There are
one event, 60 galleries, 60 people and 60 photos.
"""

import argparse
import asyncio
import cProfile
import os
import pstats
import time
from typing import Any
from uuid import UUID, uuid4

os.environ["FACEPASS_ROLE"] = "web"
os.environ.setdefault("RATE_LIMIT_KEY_REQUESTS_PER_MINUTE", "1000000")

import own_home  # the role first

import numpy as np  # isort: skip

ROWS = 60
ROUNDS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=10, help="of each read, in each of 100 rounds")
    parser.add_argument("--profile", help="print what one read spends its time on")
    options = parser.parse_args()
    with own_home.opened(None):
        reads, key = prepare()
        from facepass.asgi import application

        caller = Caller(application, key)
        if options.profile:
            print_profile(caller, reads[options.profile], requests=options.requests)
        else:
            print_table(caller, reads, requests=options.requests)
        from django.db import connection

        connection.close()
        connection.close_pool()


def prepare() -> tuple[dict[str, str], str]:
    """Make the rows that are read. Return the path of each read by its name, and a key."""
    from facepass.models import ApiKey, Scope, Studio
    from galleries.models import Gallery, GalleryImage, Job, Person
    from sessions_app.models import PhotoSession

    studio = Studio.objects.create(name="B", slug="b")
    session = PhotoSession.objects.create(studio=studio, name="Event", facepass_enabled=True)
    made = [Gallery(studio=studio, title=f"Gallery {number}", session_id=session.pk) for number in range(ROWS)]
    galleries = Gallery.objects.bulk_create(made)
    Person.objects.bulk_create(
        Person(studio=studio, real_name=f"Person {number}", external_id=str(number)) for number in range(ROWS)
    )
    photos = GalleryImage.objects.bulk_create(build_photo(galleries[0], number) for number in range(ROWS))
    job = Job.objects.create(studio=studio, kind="benchmark", state="done")
    _key, token = ApiKey.issue(studio, name="benchmark", scopes=Scope.values)
    return {
        "sessions/validate/{id}": f"/api/v1/sessions/validate/{session.pk}",
        "sessions/{id}": f"/api/v1/sessions/{session.pk}",
        "galleries/{id}/progress": f"/api/v1/galleries/{galleries[0].pk}/progress",
        "galleries, 50 of 60": "/api/v1/galleries",
        "people, 50 of 60": "/api/v1/people",
        "images, 50 of 60": "/api/v1/images",
        "images/{id}": f"/api/v1/images/{photos[0].pk}",
        "tasks/{id}": f"/api/v1/tasks/{job.pk}",
    }, token


def build_photo(gallery: Any, number: int) -> Any:  # a Gallery and a GalleryImage; models are imported after the set-up
    from galleries.models import GalleryImage

    pk: UUID = uuid4()
    return GalleryImage(
        id=pk, gallery=gallery, original_name=f"IMG_{number}.jpg", sha256=f"{number:064}", state="processed",
        file=f"photos/{gallery.pk}/{pk}/original.jpg", byte_size=1_000_000, width=1600, height=1200, blur="L" * 28,
    )  # fmt: skip


class Caller:
    """Calls the application, one request after another."""

    def __init__(self, application: Any, key: str) -> None:
        self._application = application
        headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {key}".encode()), (b"accept", b"*/*")]
        self._scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "query_string": b"", "headers": headers, "client": ("127.0.0.1", 5000), "server": ("localhost", 8000),
        }  # fmt: skip

    async def get(self, path: str) -> bytes:
        """Return the body of the answer, which has to be a 200."""
        sent: list[dict[str, Any]] = []
        left = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if not left.is_set():
                left.set()
                return {"type": "http.request", "body": b"", "more_body": False}
            return await asyncio.Future()  # nobody hangs up

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._application({**self._scope, "path": path, "raw_path": path.encode()}, receive, send)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        assert sent[0]["status"] == 200, (path, sent[0], body[:500])
        return body

    def repeat(self, path: str, times: int) -> float:
        """Return the milliseconds of the processor that one request takes, of so many."""

        async def ask() -> float:
            started = time.process_time()
            for _ in range(times):
                await self.get(path)
            return (time.process_time() - started) / times * 1000

        return asyncio.run(ask())


def print_table(caller: Caller, reads: dict[str, str], *, requests: int) -> None:
    for path in reads.values():
        caller.repeat(path, 20)  # warms up
    print("| read | CPU, ms, least | median | queries |\n|---|---|---|---|")
    rounds = [{name: caller.repeat(path, requests) for name, path in reads.items()} for _ in range(ROUNDS)]
    for name, path in reads.items():
        found = [each[name] for each in rounds]
        print(f"| `{name}` | {min(found):.2f} | {np.median(found):.2f} | {count(caller, path)} |")


def count(caller: Caller, path: str) -> int:
    """Return how many statements a request sends to the database, those of the connection's check included."""
    from django.db.backends.utils import CursorWrapper

    statements = 0
    execute = CursorWrapper.execute

    def counted(self: Any, sql: str, params: Any = None) -> Any:
        nonlocal statements
        statements += 1
        return execute(self, sql, params)

    CursorWrapper.execute = counted
    try:
        caller.repeat(path, 1)
    finally:
        CursorWrapper.execute = execute
    return statements


def print_profile(caller: Caller, path: str, *, requests: int) -> None:
    """Print where a request's time goes. Each runs in a thread of its own, so the profile is begun there."""
    from asgiref.sync import SyncToAsync

    caller.repeat(path, 20)
    profile, handle = cProfile.Profile(), SyncToAsync.thread_handler

    def profiled(self: Any, *args: Any, **kwargs: Any) -> Any:
        profile.enable()
        try:
            return handle(self, *args, **kwargs)
        finally:
            profile.disable()

    SyncToAsync.thread_handler = profiled
    caller.repeat(path, requests)
    SyncToAsync.thread_handler = handle
    for order in ("cumulative", "tottime"):
        pstats.Stats(profile).sort_stats(order).print_stats(400)


if __name__ == "__main__":
    main()
