"""A file while a camera sends it."""

import errno
import tempfile
from typing import IO

from django.conf import settings

from sessions_app.cameras.receiving import CameraPath

TOO_LARGE = "552 The file is too large."
NO_ROOM = "452 No room left. Send it again later."


class IncomingFile:
    """What pyftpdlib writes into: a file without a name on the disk, so that nothing is left of a broken transfer.

    `problem`: the reply with which the transfer is to be broken off; empty while all is well.
    """

    def __init__(self, path: CameraPath, *, name: str) -> None:
        self.path = path
        self.name = name  # pyftpdlib's callbacks are called with it
        self.size = 0
        self.problem = ""
        self.content: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the transfer ends

    @property
    def closed(self) -> bool:
        return self.content.closed

    def write(self, chunk: bytes) -> None:
        """Keep the chunk, unless there is a problem already, or now."""
        self.size += len(chunk)
        if self.size > settings.MAX_UPLOAD_BYTES:
            self.problem = TOO_LARGE
        if self.problem:
            return
        try:
            self.content.write(chunk)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            self.problem = NO_ROOM

    def close(self) -> None:
        self.content.close()
