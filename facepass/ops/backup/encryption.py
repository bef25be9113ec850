"""Encryption of a stream for an age key (X25519, ChaCha20-Poly1305), in pieces that a cut or a changed byte breaks."""

import os
from pathlib import Path
from typing import BinaryIO

import pyrage
from pyrage import x25519

from facepass.core.errors import FacePassError


def create_identity(path: Path) -> str:
    """Write a new secret key to a new file that only its owner reads, and return the public one.

    Raise FileExistsError: the key of former back-ups is never overwritten.
    """
    identity = x25519.Identity.generate()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def load_identity(path: Path | None) -> x25519.Identity:
    """Return the secret key of a file, as `create_identity` or age-keygen write it."""
    if path is None or not path.is_file():
        raise _refusal("Name the file with the secret key by --identity or BACKUP_IDENTITY.")
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    try:
        return x25519.Identity.from_str(next(line for line in lines if line.startswith("AGE-SECRET-KEY-1")))
    except (StopIteration, pyrage.IdentityError):
        raise _refusal(f"{path} holds no secret key of age.") from None


def load_recipient(text: str) -> x25519.Recipient:
    """Return the public key, for which back-ups are encrypted."""
    try:
        return x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise _refusal("BACKUP_RECIPIENT is no public key of age (age1…).") from None


def encrypt(source: BinaryIO, target: BinaryIO, recipient: x25519.Recipient) -> None:
    pyrage.encrypt_io(source, target, [recipient])


def decrypt(source: BinaryIO, target: BinaryIO, identity: x25519.Identity) -> None:
    """Raise FacePassError `backup_unreadable` for another key, a cut file, or a changed byte."""
    try:
        pyrage.decrypt_io(source, target, [identity])
    except (pyrage.DecryptError, OSError) as error:
        raise _refusal(f"A file of the back-up cannot be decrypted: {error}") from error


def _refusal(message: str) -> FacePassError:
    return FacePassError("backup_failed", message, status=409)
