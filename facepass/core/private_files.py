"""FACEPASS_HOME is the service's alone, with its photos, its secrets and messages that no server took."""

import os
from pathlib import Path

PRIVATE_FOLDERS = ("media", "mail", "secrets")
# Others may pass through, and not look: the database of a service that runs as root has an account of its own.
PASSAGE_MODE, PRIVATE_MODE = 0o711, 0o700
# Of the processes that serve and work: what they write, nobody else reads.
PRIVATE_UMASK = 0o077


def close_home(home: Path, *, has_database: bool) -> None:
    """Make the home and its folders, and close them to other accounts. What is mounted there by others stays.

    `has_database`: PostgreSQL's data may lie inside; as root it runs as another account, which has to get through.
    """
    passes = has_database and is_root()
    for folder, mode in [(home, PASSAGE_MODE if passes else PRIVATE_MODE), *_private(home)]:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(mode)
    for file in (home / "mail").iterdir():
        if file.is_file() and file.stat().st_uid == os.geteuid():
            file.chmod(0o600)


def is_root() -> bool:
    return os.geteuid() == 0


def _private(home: Path) -> list[tuple[Path, int]]:
    return [(home / name, PRIVATE_MODE) for name in PRIVATE_FOLDERS]
