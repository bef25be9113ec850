"""An option: every file is shown to a virus scanner before it is accepted (CLAMAV_URL, clamd's INSTREAM).

A file in which something is found is refused, with its name. While the scanner does not answer, or will not look at so
large a file, no file is taken: whoever switched it on wants none that was not looked at.
"""

import logging
import socket
import struct
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError

log = logging.getLogger(__name__)

CHUNK_BYTES = 262_144
# For each step of the conversation; a scan of a photo takes a fraction of a second.
SECONDS = 30
RETRY_AFTER_SECONDS = 30
# An answer names the file and what was found in it.
ANSWER_BYTES = 4_096
UNAVAILABLE = "virus_scan_unavailable"
FOUND, CLEAN = " FOUND", "stream: OK"


def require_clean(file: BinaryIO) -> None:
    """Show the whole file to the scanner, where there is one, and leave it at its beginning.

    Raise FacePassError 422 `infected_file` with the name of what was found, and 503 `virus_scan_unavailable`.
    """
    if not settings.CLAMAV_URL:
        return
    file.seek(0)
    try:
        answer = _scan(file)
    except OSError as error:
        raise _unavailable(type(error).__name__) from error
    file.seek(0)
    if answer.endswith(FOUND):
        name = answer.removesuffix(FOUND).removeprefix("stream: ")
        log.warning("a file was refused: %s", name)
        message = _("A virus scanner found something in this file: %(name)s.") % {"name": name}
        raise FacePassError("infected_file", message, status=422, details={"virus": name})
    if answer != CLEAN:
        raise _unavailable(answer)


def _scan(file: BinaryIO) -> str:
    """Return clamd's answer to the file. Raise OSError where there is none."""
    with _connect() as connection:
        connection.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK_BYTES):
            connection.sendall(struct.pack(">I", len(chunk)) + chunk)
        connection.sendall(struct.pack(">I", 0))
        return _read_answer(connection)


def _connect() -> socket.socket:
    address = urlsplit(settings.CLAMAV_URL)
    if address.scheme == "tcp":
        return socket.create_connection((address.hostname or "", address.port or 3310), timeout=SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(SECONDS)
    try:
        connection.connect(address.path)
    except OSError:
        connection.close()
        raise
    return connection


def _read_answer(connection: socket.socket) -> str:
    answer = b""
    while len(answer) < ANSWER_BYTES and not answer.endswith(b"\0"):
        part = connection.recv(ANSWER_BYTES)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _unavailable(reason: str) -> FacePassError:
    """Return the 503. The reason is for the log, such as a limit of the scanner that is too low (StreamMaxLength)."""
    log.error("the virus scanner did not look at a file: %s", reason)
    message = _("Files cannot be checked for viruses at the moment. Try again later.")
    return FacePassError("virus_scan_unavailable", message, status=503, retry_after=RETRY_AFTER_SECONDS)
