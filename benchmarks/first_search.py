"""How long the first searches take after a start, and after nobody has searched for a while.

    python benchmarks/first_search.py --faces FOLDER [--pack FOLDER] [--idle 30] [--rounds 3]

A real server (`manage.py up`, one worker) with one event that is open to guests, and searches of it by the API. The
first one is sent as soon as `/health/ready` says 200. `--idle`: MODEL_IDLE_SECONDS, as a stand-in for the quarter of an
hour; the pause is twice as long. Times are from the request to the answer, in seconds.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import composed
import cv2
import numpy as np
import requests

URL = "http://localhost:8979"
REPOSITORY = Path(__file__).parent.parent
PREPARE = """
from facepass.models import ApiKey, Scope, Studio
from sessions_app.models import PhotoSession
studio = Studio.objects.create(name="B", slug="b")
session = PhotoSession.objects.create(studio=studio, name="Event", facepass_enabled=True)
print("made:", session.pk, ApiKey.issue(studio, name="benchmark", scopes=Scope.values)[1])
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--pack", type=Path)
    parser.add_argument("--idle", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    portrait = cv2.resize(cv2.imread(str(composed.face_files(options.faces)[0])), (800, 800))
    selfie = bytes(cv2.imencode(".jpg", portrait)[1])
    home = Path(tempfile.mkdtemp(prefix="facepass-benchmark-"))
    home.chmod(0o755)  # as root, the database runs as another user, which must get through
    if options.pack:
        shutil.copytree(options.pack, home / "models" / "insightface" / "models" / options.pack.name)
    environment = {
        **os.environ,
        "FACEPASS_HOME": str(home),
        "FACEPASS_ENV_FILE": os.devnull,
        "FACE_PACK": options.pack.name if options.pack else "auto",
        "MODEL_IDLE_SECONDS": str(options.idle),
        "WORKERS": "1",
        "PORT": "8979",
    }
    command = [sys.executable, str(REPOSITORY / "manage.py")]
    with _running(command, environment):
        made = subprocess.run(
            [*command, "shell", "-c", PREPARE], env=environment, capture_output=True, text=True, check=True
        )
        session, key = made.stdout.rpartition("made:")[2].split()
    rows = [
        _measure(command, environment, partial(_search, session, key, selfie), 2 * options.idle)
        for _ in range(options.rounds)
    ]
    for name, column in zip(("ready", "first", "second", "after the pause"), zip(*rows, strict=True), strict=True):
        print(f"{name:16} median {np.median(column):6.2f} s   {' '.join(f'{value:.2f}' for value in column)}")
    shutil.rmtree(home, ignore_errors=True)


def _measure(command: list[str], environment: dict[str, str], search: Callable[[], float], pause: float) -> list[float]:
    """Return the seconds until a new server is ready, of its first search, its second, and one after the pause."""
    started = time.perf_counter()
    with _running(command, environment):
        ready = time.perf_counter() - started
        first, second = search(), search()
        time.sleep(pause)
        return [ready, first, second, search()]


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    """Run the server; yield when it says that it is ready."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([*command, "up"], env=environment, **quiet) as up:
        try:
            while not _is_ready():
                time.sleep(0.1)
            yield
        finally:
            up.send_signal(signal.SIGTERM)


def _is_ready() -> bool:
    try:
        return requests.get(f"{URL}/health/ready", timeout=30).status_code == 200
    except requests.RequestException:
        return False


def _search(session: str, key: str, selfie: bytes) -> float:
    started = time.perf_counter()
    answer = requests.post(
        f"{URL}/api/v1/faces/search-session",
        data={"session_id": session},
        files={"file": selfie},
        headers={"Authorization": f"Bearer {key}"},
        timeout=300,
    )
    answer.raise_for_status()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
