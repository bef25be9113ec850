"""Paths of the embedded database: its data, its socket, its log."""

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
    """Return Django's settings for the embedded database of that FACEPASS_HOME, whether it runs or not."""
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
    """Return a short name for a folder of this machine."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def socket_folder(home: Path) -> Path:
    """Return the folder of the server's socket.

    It is not in FACEPASS_HOME, because a socket's path may have at most 107 bytes, and not every file system takes
    sockets.

    It is not in TMPDIR or XDG_RUNTIME_DIR either: two processes with different ones must find the same server.
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
    """Return where the data are, or will be unless the server's account cannot enter it (see `choose_data_folder`)."""
    pointer = _pointer_file(home)
    return Path(pointer.read_text().strip()) if pointer.exists() else home / "pgdata"


def choose_data_folder(home: Path, *, owner: Account) -> Path:
    """Return a data folder that the owner can reach: in FACEPASS_HOME where possible.

    Else it is outside, and a file in FACEPASS_HOME says where.
    """
    folder = data_folder(home)
    if folder.exists() or owner.can_enter(home):
        return folder
    outside = shared_folder(home) / "pgdata"
    make_shared_folder(outside.parent)
    _pointer_file(home).write_text(f"{outside}\n")
    return outside


def shared_folder(home: Path) -> Path:
    """Return the home's folder below `SHARED`.

    A home that was deleted and made anew has another password, and so another one.
    """
    return SHARED / f"{path_digest(home)}-{hashlib.sha256(database_password(home).encode()).hexdigest()[:8]}"


def make_shared_folder(folder: Path) -> None:
    """Create a folder below `SHARED` that anyone may pass through, whatever the umask.

    The data inside are closed to others.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for part in (SHARED, folder):
        part.chmod(0o755)


def _pointer_file(home: Path) -> Path:
    return home / "pgdata.location"
