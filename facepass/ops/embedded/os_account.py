"""The OS account that the server runs as: the caller's own, or one without rights where the caller is root.

PostgreSQL refuses to run as root.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from facepass.ops.embedded.errors import EmbeddedPostgresError

ACCOUNT_NAME = "facepass-db"


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    def subprocess_options(self) -> dict[str, Any]:
        """Return the arguments for `subprocess` that drop root's rights; none where there are no rights to drop."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if os.geteuid() == 0 else {}

    def can_enter(self, folder: Path) -> bool:
        """Return whether the account can enter the folder.

        The kernel decides: modes alone miss access lists and mounts.
        """
        command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
        return (
            subprocess.run(command, cwd="/", capture_output=True, check=False, **self.subprocess_options()).returncode
            == 0
        )

    def make_folder(self, folder: Path) -> None:
        """Create the folder, open to this account only. Raise FileExistsError."""
        folder.mkdir(mode=0o700, parents=True)
        if os.geteuid() == 0:
            os.chown(folder, self.uid, self.gid)


def account_for(data: Path | None) -> Account:
    """Return the account that runs the server on that data folder.

    For root it is the folder's owner, so that one start with `sudo` does no harm.
    """
    if os.geteuid() != 0:
        return _account_from(pwd.getpwuid(os.geteuid()))
    if data is not None and data.exists() and data.stat().st_uid != 0:
        return _account_from(pwd.getpwuid(data.stat().st_uid))
    return _dedicated_account()


def _dedicated_account() -> Account:
    try:
        return _account_from(pwd.getpwnam(ACCOUNT_NAME))
    except KeyError:
        _create_account()
    return _account_from(pwd.getpwnam(ACCOUNT_NAME))


def _create_account() -> None:
    advice = (
        f"PostgreSQL does not run as root: run FacePass as an ordinary user, or create the system user {ACCOUNT_NAME}"
    )
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is None:
        raise EmbeddedPostgresError(f"{advice} (there is no useradd here)")
    options = [
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        "/nonexistent",
        "--shell",
        "/usr/sbin/nologin",
    ]
    done = subprocess.run([useradd, *options, ACCOUNT_NAME], capture_output=True, text=True, check=False)
    # 9: the name is taken by now, because another FacePass was faster.
    if done.returncode not in {0, 9}:
        raise EmbeddedPostgresError(f"{advice} (useradd: {done.stderr.strip() or done.returncode})")


def _account_from(entry: pwd.struct_passwd) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
