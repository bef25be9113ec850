"""Pictures to send: files by their paths, bytes and streams. Files and streams are not read into memory at once."""

import io
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Protocol, Self, cast, runtime_checkable

# Called with the bytes of pictures that are sent, and with all there are.
OnProgress = Callable[[int, int], object]
PIECE: Final = 64 * 1024
LARGEST_IN_MEMORY: Final = 8 * 1024 * 1024


@runtime_checkable
class Readable(Protocol):
    """A stream of bytes, such as an open file."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Named:
    """Bytes or a stream with the name of the file that they are: the server keeps it, and matches are told by it."""

    content: bytes | Readable
    name: str


Picture = os.PathLike[str] | bytes | Readable | Named


def is_picture(value: object) -> bool:
    return isinstance(value, (os.PathLike, bytes, Named, Readable))


class Sent:
    """How much of a request's pictures is sent."""

    def __init__(self, on_progress: OnProgress | None, sizes: Iterable[int]) -> None:
        self._on_progress = on_progress
        self._sent, self._total = 0, sum(sizes)

    def add(self, count: int) -> None:
        self._sent += count
        if self._on_progress and count:
            self._on_progress(self._sent, self._total)


@dataclass(frozen=True, slots=True)
class Source:
    """A picture of which the size is known and which every attempt can read. `start`: where in a stream it begins."""

    content: Path | bytes | BinaryIO
    name: str
    size: int
    start: int = 0

    @classmethod
    def of(cls, picture: Picture) -> "Source":
        content: object = picture.content if isinstance(picture, Named) else picture
        name = picture.name if isinstance(picture, Named) else _name(picture)
        if isinstance(content, os.PathLike):
            return cls(Path(content), name, Path(content).stat().st_size)
        if isinstance(content, bytes):
            return cls(content, name, len(content))
        stream: Any = content
        if not getattr(stream, "seekable", bool)():
            stream = _copy(stream)
        start = stream.tell()
        end = stream.seek(0, os.SEEK_END)
        return cls(stream, name, end - start, start)

    def open(self) -> BinaryIO:
        """Return the stream, at the picture's beginning."""
        if isinstance(self.content, Path):
            return self.content.open("rb")
        stream = io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content
        stream.seek(self.start)
        return stream


def _copy(stream: Readable) -> BinaryIO:
    """Return what a stream that cannot be read again has: a large one is put into a file, which goes when it is closed.

    The server wants to know a body's length before it reads it.
    """
    copied = tempfile.SpooledTemporaryFile(LARGEST_IN_MEMORY)  # noqa: SIM115 - open as long as the call
    while piece := stream.read(PIECE):
        copied.write(piece)
    copied.seek(0)
    return cast(BinaryIO, copied)


class PictureFile:
    """A picture as httpx reads a file: in pieces.

    A path is opened when it is read first, so that many pictures are not open at the same time.
    """

    def __init__(self, source: Source, sent: Sent) -> None:
        self._source, self._sent = source, sent
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._close()

    def tell(self) -> int:
        """Return 0: httpx asks before it reads, to find out the size."""
        return 0

    def seek(self, _offset: int, whence: int = os.SEEK_SET) -> int:
        """Go back to the beginning, or return the size. httpx goes nowhere else."""
        if whence == os.SEEK_END:
            return self._source.size
        self._close()
        return 0

    def read(self, size: int = -1) -> bytes:
        self._file = self._file or self._source.open()
        piece = self._file.read(size)
        self._sent.add(len(piece))
        return piece

    def _close(self) -> None:
        """Whoever opened a stream closes it; a path was opened here."""
        if self._file is not None and isinstance(self._source.content, Path):
            self._file.close()
        self._file = None


def _name(picture: object) -> str:
    """Return the name of the file; a stream of a file knows it."""
    named = picture if isinstance(picture, os.PathLike) else getattr(picture, "name", None)
    return Path(named).name if isinstance(named, (str, os.PathLike)) else "picture"
