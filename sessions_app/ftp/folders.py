"""The folders that a camera sees: those that it made, with the files that it sent. None of them is on a disk."""

import os
import stat
import zlib
from posixpath import split
from typing import cast

from django.utils import timezone
from pyftpdlib.exceptions import FilesystemError
from pyftpdlib.filesystems import AbstractedFS

from sessions_app.cameras import received_files
from sessions_app.cameras.received_files import Entry
from sessions_app.cameras.receiving import CameraPath, clean_path
from sessions_app.ftp.incoming import IncomingFile
from sessions_app.models import CameraAccount

# Made by one connection and empty as yet.
MOST_NEW_FOLDERS = 1000


class CameraFolders(AbstractedFS):
    """Paths are as FTP has them, with slashes. Folders that nothing was sent to are there for the connection only."""

    def __init__(self, root: str, cmd_channel: object) -> None:
        super().__init__(root, cmd_channel)
        self._made = {"/"}
        self._listed: dict[str, Entry] = {}

    @property
    def account(self) -> CameraAccount:
        return cast(CameraAccount, self.cmd_channel.account)

    def realpath(self, path: str) -> str:
        return path

    def open(self, filename: str, mode: str) -> IncomingFile:
        """Return what the camera's file is written into. Raise FilesystemError for any other use."""
        if mode != "wb" or self.isdir(filename):
            raise FilesystemError("Not a file that can be sent")
        return IncomingFile(clean_path(filename), name=filename)

    def chdir(self, path: str) -> None:
        if not self.isdir(path):
            raise FilesystemError("No such folder")
        self.cwd = path

    def mkdir(self, path: str) -> None:
        if self.isdir(path):
            raise FilesystemError("The folder exists")
        if len(self._made) > MOST_NEW_FOLDERS:
            raise FilesystemError("Too many folders")
        self._made.add(path)

    def listdir(self, path: str) -> list[str]:
        """Return the names of files and folders, and keep what is known of them for the lines that follow."""
        entries = received_files.list_folder(self.account.session_id, _folder_of(path).folder)
        self._listed = {_join(path, entry.name): entry for entry in entries}
        made = {other for other in self._made if other != "/" and split(other)[0] == path}
        return sorted({entry.name for entry in entries} | {split(other)[1] for other in made})

    def stat(self, path: str) -> os.stat_result:
        entry = self._listed.get(path) or self._find(path)
        kind = stat.S_IFDIR if entry.is_folder else stat.S_IFREG
        moment = int(entry.received_at.timestamp())
        number = zlib.crc32(path.encode(errors="replace"))  # clients tell entries apart by it
        return os.stat_result((kind | 0o600, number, 0, 1, 0, 0, entry.byte_size, moment, moment, moment))

    lstat = stat

    def isfile(self, path: str) -> bool:
        return received_files.find_file(self.account.session_id, clean_path(path)) is not None

    def isdir(self, path: str) -> bool:
        return path in self._made or received_files.has_folder(self.account.session_id, _folder_of(path).folder)

    def islink(self, path: str) -> bool:
        return False

    def lexists(self, path: str) -> bool:
        return self.isdir(path) or self.isfile(path)

    def getsize(self, path: str) -> int:
        return self.stat(path).st_size

    def getmtime(self, path: str) -> float:
        return self.stat(path).st_mtime

    def get_user_by_uid(self, uid: int) -> str:
        return "camera"

    def get_group_by_gid(self, gid: int) -> str:
        return "camera"

    def _find(self, path: str) -> Entry:
        file = received_files.find_file(self.account.session_id, clean_path(path))
        if file is None and not self.isdir(path):
            raise FilesystemError("No such file")
        return file or Entry(split(path)[1], is_folder=True, byte_size=0, received_at=timezone.now())


def _folder_of(path: str) -> CameraPath:
    """Return the path as that of a folder, without a name."""
    return clean_path(f"{path.rstrip('/')}/")


def _join(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"
