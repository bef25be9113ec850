"""Where things of the embedded database lie: its data, its socket, its log."""

import hashlib
import os
import stat
from pathlib import Path
from typing import Any

from facepass.core import secrets
from facepass.ops.embedded.errors import EmbeddedPostgresError
from facepass.ops.embedded.os_account import Account

DATABASE = ROLE = "facepass"
# For what root's own folders keep from the server's account.
SHARED = Path("/var/lib/facepass")


def database_settings(home: Path) -> dict[str, Any]:
    """Django's settings for the embedded database of that FACEPASS_HOME, whether it runs or not."""
    return {
        "NAME": DATABASE,
        "USER": ROLE,
        "PASSWORD": database_password(home),
        "HOST": str(socket_folder(home)),
        "PORT": "",
        # A stranger's server in our place must not be able to ask for the password in clear.
        "OPTIONS": {"require_auth": "scram-sha-256"},
    }


def database_password(home: Path) -> str:
    return secrets.load_or_create_secret(home, "postgres_password", hex_bytes=32)


def path_digest(path: Path) -> str:
    """A short name for one folder on this machine."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def socket_folder(home: Path) -> Path:
    """Not inside FACEPASS_HOME: a socket's path may have 107 bytes at most, and not every file system takes sockets.

    Not TMPDIR or XDG_RUNTIME_DIR either: two processes with different ones must find the same server.
    """
    return Path("/tmp") / f"facepass-{path_digest(home)}"  # noqa: S108 - owner and mode are checked before use


def make_socket_folder(home: Path, *, owner: Account) -> Path:
    folder = socket_folder(home)
    try:
        owner.make_folder(folder)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.uid or stat.S_IMODE(found.st_mode) != 0o700:
            raise EmbeddedPostgresError(
                f"{folder} should be a folder of {owner.name} that nobody else can open; remove it and start again"
            ) from None
    return folder


def data_folder(home: Path) -> Path:
    """Where the data are, or will be unless the server's account cannot reach it (`choose_data_folder`)."""
    pointer = _pointer_file(home)
    return Path(pointer.read_text().strip()) if pointer.exists() else home / "pgdata"


def choose_data_folder(home: Path, *, owner: Account) -> Path:
    """Inside FACEPASS_HOME if the owner can reach it; else outside, with a pointer in FACEPASS_HOME that says where."""
    folder = data_folder(home)
    if folder.exists() or owner.can_enter(home):
        return folder
    outside = shared_folder(home) / "pgdata"
    make_shared_folder(outside.parent)
    _pointer_file(home).write_text(f"{outside}\n")
    return outside


def shared_folder(home: Path) -> Path:
    """Below `SHARED`, named by the home and its password: one that was deleted and made anew starts afresh."""
    return SHARED / f"{path_digest(home)}-{hashlib.sha256(database_password(home).encode()).hexdigest()[:8]}"


def make_shared_folder(folder: Path) -> None:
    """Below `SHARED`; anyone may pass through, whatever the umask is. The data inside have their own lock."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in (SHARED, folder):
        part.chmod(0o755)


def _pointer_file(home: Path) -> Path:
    return home / "pgdata.location"
