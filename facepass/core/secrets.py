"""Secrets that FacePass makes for itself where the environment names none.

They lie in `FACEPASS_HOME/secrets/`, one file each, readable by the owner only, and are kept across starts.
"""

import os
import secrets
from pathlib import Path


def load_or_create_secret(home: Path, name: str, *, hex_bytes: int) -> str:
    """Return the secret of that name: `2 * hex_bytes` hexadecimal characters, created on first use.

    Two processes that start at once agree: the file is linked into place, and the first one wins.
    """
    path = home / "secrets" / name
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
