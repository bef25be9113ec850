"""The benchmark of guests.py in one command: an event, made-up faces beside it, and a server of its own.

    python benchmarks/guests_at_once.py EVENT_FOLDER [--faces 50000] [options of guests.py]

EVENT_FOLDER holds photos/ and selfies/ of people who are in them. The photos are analysed by the default engine, the
made-up faces come by crowd.py, and the web process is the one that the supervisor starts.
"""

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import crowd
import guests
import own_home
import staff

ROOT = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("event", type=Path)
    parser.add_argument("--faces", type=int, default=50_000)
    options, others = parser.parse_known_args()
    with own_home.opened(None):
        session = opened_session(options.event)
        if options.faces:
            crowd.fill(session.code, options.faces)
        with served() as address:
            sys.argv[1:] = [f"{address}/s/{session.code}/", str(options.event / "selfies"), *others]
            guests.main()


def opened_session(event: Path) -> Any:
    """Return a session with the event's photos, stored, analysed and grouped."""
    from django.core.files import File

    from facepass.models import Studio
    from galleries.faces import grouping
    from galleries.models import Gallery, GalleryImage, Occasion
    from galleries.photos import analysis, ingest
    from sessions_app.models import PhotoSession

    studio = Studio.objects.create(name="benchmark", slug="benchmark")
    session = PhotoSession.objects.create(studio=studio, name=event.name, facepass_enabled=True)
    gallery = Gallery.objects.create(studio=studio, title=event.name, session_id=session.pk)
    for path in sorted((event / "photos").glob("*.jpg")):
        with path.open("rb") as stream:
            ingest.add_photo(gallery, File(stream), name=path.name, by=None)
    while photo := GalleryImage.objects.claim_next():
        analysis.analyse_photo(photo)
    grouping.group_faces(Occasion.for_gallery(gallery))
    return session


@contextmanager
def served() -> Iterator[str]:
    """The web process on a free port; its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        command = [sys.executable, "-m", "facepass.ops.supervisor.web_process", str(listening.fileno())]
        environment = {**os.environ, "FACEPASS_ROLE": "web"}
        process = subprocess.Popen(command, env=environment, cwd=ROOT, pass_fds=[listening.fileno()])
        address = f"http://localhost:{listening.getsockname()[1]}"
    try:
        staff.wait_for(f"{address}/health")
        yield address
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
