"""Secrets that FacePass makes for itself where the environment names none.

They lie in `FACEPASS_HOME/secrets/`, or in SECRETS_FOLDER, one file each, readable by the owner only, and are kept
across starts.
"""

import os
import secrets
from pathlib import Path


class SecretLeftBehind(Exception):
    """The folder of secrets is another than before, and a secret was not taken along."""


def load_or_create_secret(home: Path, name: str, *, hex_bytes: int, folder: Path | None = None) -> str:
    """Return the secret of that name: `2 * hex_bytes` hexadecimal characters, created on first use.

    Two processes that start at once agree: the file is linked into place, and the first one wins. `folder`: in place of
    `FACEPASS_HOME/secrets`; raise SecretLeftBehind where the secret is there and not here, so that none is made anew.
    """
    before = home / "secrets" / name
    path = (folder or before.parent) / name
    if not path.exists() and before.exists():
        raise SecretLeftBehind(f"{path} is not there, and {before} is; move it")
    if path.exists():
        return path.read_text().strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(hex_bytes) + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
