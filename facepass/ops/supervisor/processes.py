"""The processes of an installation: what each of them runs, and how long it may take to stop."""

import os
import shutil
import sys
from pathlib import Path

from django.conf import settings

from facepass.ops.supervisor import web_process
from facepass.ops.supervisor.child import Child
from facepass.ops.supervisor.listener import Listener

WORKER_GRACE = 15.0


def web_processes(listener: Listener, *, environment: dict[str, str]) -> list[Child]:
    """Return the processes that answer requests, which all accept from the one socket."""
    fd = listener.socket.fileno()
    count = settings.WEB_PROCESSES
    shared = {"PROMETHEUS_MULTIPROC_DIR": str(_empty_metrics_folder())} if count > 1 else {}
    return [
        Child(
            name="The web server" if count == 1 else f"Web server {number}",
            command=[sys.executable, "-m", "facepass.ops.supervisor.web_process", str(fd)],
            environment={**environment, **_python_path(), **shared, "FACEPASS_ROLE": "web"},
            grace=web_process.GRACE_SECONDS + settings.DRAIN_SECONDS + 5.0,
            pass_fds=[fd],
            is_vital=True,
        )
        for number in range(1, count + 1)
    ]


def worker_processes(*, environment: dict[str, str]) -> list[Child]:
    """Return the workers, and the courier, which delivers webhooks apart from them: slow receivers hold up no photo."""
    return [
        *(
            _command(f"Worker {number}", "qcluster", role="worker", environment=environment)
            for number in range(1, settings.WORKERS + 1)
        ),
        _command("The courier", "deliver_webhooks", role="courier", environment=environment),
    ]


def ftp_processes(*, environment: dict[str, str]) -> list[Child]:
    """Return the FTP server for cameras, where there is to be one."""
    if settings.FTP_PORT is None:
        return []
    return [_command("The FTP server", "ftp", role="ftp", environment=environment)]


def demo_process(photos: Path | None, *, environment: dict[str, str]) -> Child:
    arguments = ["--photos", str(photos)] if photos else []
    return _command("The demo", "demo", *arguments, role="demo", environment=environment, grace=5.0)


def _command(name: str, *arguments: str, role: str, environment: dict[str, str], grace: float = WORKER_GRACE) -> Child:
    return Child(
        name=name,
        command=[sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
        environment={**environment, "FACEPASS_ROLE": role},
        grace=grace,
    )


def _empty_metrics_folder() -> Path:
    """Return the folder in which web processes count together: prometheus_client adds up what it finds there."""
    folder: Path = settings.HOME / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def _python_path() -> dict[str, str]:
    """Return a PYTHONPATH with which `-m` finds FacePass from any working directory."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")]))}
