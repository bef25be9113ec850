"""A FACEPASS_HOME for one benchmark, with a model pack and a migrated PostgreSQL of its own; gone at the end."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import facepass  # noqa: F401 - settles numpy's threads, so before numpy


def enter(home: Path, *, pack: str | None) -> None:
    """Django on that home; nothing of the developer's own settings. Before any import of a model."""
    import django

    os.environ.update(
        FACEPASS_HOME=str(home),
        FACEPASS_ENV_FILE=os.devnull,
        DJANGO_SETTINGS_MODULE="facepass.settings",
        WORKERS=os.environ.get("WORKERS", "1"),
        FACE_PACK=pack or "auto",
    )
    django.setup()


@contextmanager
def opened(pack: Path | None) -> Iterator[Path]:
    """`pack`: a folder of .onnx files; without one the default is used."""
    home = Path(tempfile.mkdtemp(prefix="facepass-benchmark-"))
    home.chmod(0o755)  # as root, the database runs as another user, which must get through
    (home / "static").mkdir()
    try:
        if pack:
            shutil.copytree(pack, home / "models" / "insightface" / "models" / pack.name)
        enter(home, pack=pack.name if pack else None)
        from django.core.management import call_command

        from facepass.ops.embedded import EmbeddedPostgres

        server = EmbeddedPostgres(home)
        server.start(owner="benchmark")
        try:
            call_command("migrate", verbosity=0)
            call_command("createcachetable", verbosity=0)
            yield home
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)
