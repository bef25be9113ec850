"""Many photos as one ZIP that is made while it is read, so that any number of them needs no room."""

from collections.abc import AsyncIterator, Callable, Container, Iterable, Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.files.storage import default_storage
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from zipstream import ZipStream

from galleries.models import GalleryImage
from galleries.photos import given_files
from galleries.photos.rotation.shown_files import prepare_file
from recognition.pictures.file_names import agreeing_name
from recognition.pictures.formats import Format

# How much of a file is in memory at a time.
CHUNK_BYTES = 1 << 18
# What makes the content of a file in an archive when it is its turn.
Maker = Callable[[], bytes]


def build_archive(
    photos: Sequence[GalleryImage],
    *,
    storage_name: Callable[[GalleryImage], str],
    copies_as: Format | None = None,
    stripped: Container[UUID] = (),
) -> ZipStream:
    """Return a ZIP of the photos, stored as they are.

    `storage_name`: which file of a photo goes in, asked when it is its turn. `copies_as`: the format of all of them,
    where they are copies; None for originals. `stripped`: the ids of the photos whose originals are given without place
    and serial numbers. The length of the ZIP is known beforehand only of originals as they were uploaded.
    """
    is_sized = copies_as is None and not any(photo.rotation or photo.pk in stripped for photo in photos)
    archive = ZipStream(sized=is_sized)
    for photo, name in zip(photos, _unique_names(photos, copies_as=copies_as, stripped=stripped), strict=True):
        content = _read_stripped(photo) if photo.pk in stripped else _read_chunks(photo, storage_name)
        archive.add(content, name, size=photo.byte_size if is_sized else None)
    return archive


def build_originals_archive(photos: Sequence[GalleryImage], *, stripped: Container[UUID] = ()) -> ZipStream:
    """Return a ZIP of the originals, as they were uploaded but for those in `stripped`."""
    return build_archive(photos, storage_name=partial(prepare_file, variant="original"), stripped=stripped)


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


def _unique_names(
    photos: Sequence[GalleryImage], *, copies_as: Format | None, stripped: Container[UUID]
) -> Iterator[str]:
    """Yield the photos' own names; one that occurred before gets a number."""
    used: set[str] = set()
    for photo in photos:
        own = given_files.given_name(photo) if photo.pk in stripped else photo.shown_name
        own = agreeing_name(photo.original_name, stored=copies_as.extension) if copies_as else own
        yield _unique_name(PurePosixPath(own), used)


def _unique_name(path: PurePosixPath, used: set[str]) -> str:
    """Return the name of a file, with a number where its folder has that name already, and note that it is used."""
    name, number = path.name, 2
    while (key := str(path.with_name(name)).lower()) in used:  # some systems take capitals for the same
        name, number = f"{path.stem}-{number}{path.suffix}", number + 1
    used.add(key)
    return name


def _read_stripped(photo: GalleryImage) -> Iterator[bytes]:
    """Read and strip the file when it is its turn."""
    content = memoryview(given_files.read_stripped(photo))
    for at in range(0, len(content), CHUNK_BYTES):
        yield bytes(content[at : at + CHUNK_BYTES])


def _read_chunks(photo: GalleryImage, storage_name: Callable[[GalleryImage], str]) -> Iterator[bytes]:
    """Open the file when it is its turn, so that one is open at a time."""
    with default_storage.open(storage_name(photo)) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
