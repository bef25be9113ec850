"""Many photos as one ZIP that is made while it is read, so that any number of them needs no room."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from asgiref.sync import sync_to_async
from django.core.files.storage import default_storage
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from zipstream import ZipStream  # type: ignore[import-untyped]

from galleries.models import GalleryImage
from galleries.photos import media_files

# How much of a file is in memory at a time.
CHUNK_BYTES = 1 << 18
# What makes the content of a file in an archive when it is its turn.
Maker = Callable[[], bytes]


def build_archive(
    photos: Sequence[GalleryImage], *, storage_name: Callable[[GalleryImage], str], originals: bool
) -> ZipStream:
    """Return a ZIP of the photos, stored as they are.

    `storage_name`: which file of a photo goes in, asked when it is its turn. The length of the ZIP is known beforehand
    only where it holds `originals`, the files as they were uploaded; everything else is JPEG.
    """
    archive = ZipStream(sized=originals)
    for photo, name in zip(photos, _unique_names(photos, as_jpeg=not originals), strict=True):
        archive.add(_read_chunks(photo, storage_name), name, size=photo.byte_size if originals else None)
    return archive


def build_originals_archive(photos: Sequence[GalleryImage]) -> ZipStream:
    return build_archive(photos, storage_name=lambda photo: media_files.storage_name(photo, "original"), originals=True)


def build_made_archive(entries: Iterable[tuple[PurePosixPath, Maker]]) -> ZipStream:
    """Return a ZIP of files, each made when it is its turn; a path that occurs again gets a number."""
    archive, used = ZipStream(), set[str]()
    for path, make in entries:
        archive.add(_make_once(make), str(path.with_name(_unique_name(path, used))))
    return archive


def _make_once(make: Maker) -> Iterator[bytes]:
    yield make()


def archive_response(archive: ZipStream, title: str) -> HttpResponseBase:
    """Return the answer that downloads the archive as a file of that title."""
    response = StreamingHttpResponse(_stream(archive), content_type="application/zip")
    if archive.sized:
        response["Content-Length"] = len(archive)
    name = slugify(title, allow_unicode=True) or "photos"
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.zip")
    response["Cache-Control"] = "no-store"
    return response


async def _stream(archive: ZipStream) -> AsyncIterator[bytes]:
    """Yield the archive piece by piece. Under ASGI a plain iterator would be held in memory as a whole."""
    pieces = iter(archive)
    while (piece := await sync_to_async(lambda: next(pieces, None))()) is not None:
        yield piece


def _unique_names(photos: Sequence[GalleryImage], *, as_jpeg: bool) -> Iterator[str]:
    """Yield the photos' own names; one that occurred before gets a number."""
    used: set[str] = set()
    for photo in photos:
        own = PurePosixPath(PurePosixPath(photo.original_name).name or "photo")
        yield _unique_name(own.with_suffix(".jpg") if as_jpeg else own, used)


def _unique_name(path: PurePosixPath, used: set[str]) -> str:
    """Return the name of a file, with a number where its folder has that name already, and note that it is used."""
    name, number = path.name, 2
    while (key := str(path.with_name(name)).lower()) in used:  # some systems take capitals for the same
        name, number = f"{path.stem}-{number}{path.suffix}", number + 1
    used.add(key)
    return name


def _read_chunks(photo: GalleryImage, storage_name: Callable[[GalleryImage], str]) -> Iterator[bytes]:
    """Open the file when it is its turn, so that one is open at a time."""
    with default_storage.open(storage_name(photo)) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
