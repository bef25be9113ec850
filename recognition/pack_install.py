"""Puts an InsightFace model pack in place: whole and verified, or not at all.

Everything happens in a hidden folder beside the target, which is renamed into place at the end.
"""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from django.utils.translation import gettext as _

from facepass.errors import FacePassError
from recognition import contracts, packs
from recognition.packs import MANIFEST, Pack

# InsightFace's own release (insightface.utils.storage.model_zoo_download_url).
URL: Final = "https://github.com/deepinsight/insightface/releases/download/model-zoo/{name}.zip"
# antelopev2, the largest public pack, is 344 MB packed; these leave room and still stop a bomb.
MAX_DOWNLOAD: Final = 2_000_000_000
MAX_UNPACKED: Final = 4_000_000_000
MAX_MEMBERS: Final = 100
TIMEOUT_SECONDS: Final = 30
CHUNK: Final = 1 << 20

Progress = Callable[[int, int | None], None]


# What an update puts aside: its descriptors are in use until `generate_descriptors` has switched.
PREVIOUS: Final = ".previous"


def install(name: str, *, from_zip: Path | None = None, progress: Progress | None = None, update: bool = False) -> Pack:
    """Download the pack, or take it from a file, verify it and put it in place.

    `update` replaces an installed pack, which becomes NAME.previous, where the new one has other models.
    `progress` is told bytes so far and in total (None where unknown). Raises FacePassError: `already_installed`,
    `previous_in_the_way` (409), `invalid_name`, `not_a_pack` (400), `download_failed` (503). Nothing is left behind by
    a refusal.
    """
    target = _target(name, update=update)
    with _workshop() as workshop:
        archive = from_zip or _downloaded(name, into=workshop / "download.zip", progress=progress)
        folder = workshop / name
        folder.mkdir()
        _unpack(archive, into=folder)
        pack = _verified(folder)
        _write_manifest(pack)
        if not _same(pack, name):
            _put_in_place(folder, target)
    return packs.find(name)


def discard_previous(*, besides: str) -> list[Path]:
    """Deletes what updates put aside, but for the pack with that contract id; the folders that are gone."""
    gone = [packs.root() / name for name in packs.installed() if name.endswith(PREVIOUS) and _contract(name) != besides]
    for folder in gone:
        shutil.rmtree(folder)
    return gone


def _contract(name: str) -> str:
    try:
        return contracts.of_pack(packs.find(name))
    except FacePassError:
        return ""  # damaged, so of no use


def _same(pack: Pack, name: str) -> bool:
    return contracts.of_pack(pack) == _contract(name)


def _put_in_place(folder: Path, target: Path) -> None:
    """Processes that run have their models in memory; the next to start finds the old pack under its new name."""
    if target.exists():
        target.rename(target.with_name(target.name + PREVIOUS))
    folder.rename(target)


def _target(name: str, *, update: bool) -> Path:
    if not name or name.startswith(".") or not all(c.isalnum() or c in "._-" for c in name):
        raise FacePassError("invalid_name", _("%(name)s is not the name of a pack.") % {"name": name})
    target = packs.root() / name
    if update and target.with_name(name + PREVIOUS).exists():
        message = _(
            "%(name)s was updated before. Run generate_descriptors, then generate_descriptors --discard-old, which "
            "deletes %(name)s.previous."
        )
        raise FacePassError("previous_in_the_way", message % {"name": name}, status=409)
    if target.exists() and not update:
        message = _("%(name)s is already installed in %(folder)s.") % {"name": name, "folder": target}
        raise FacePassError("already_installed", message, status=409)
    return target


@contextmanager
def _workshop() -> Iterator[Path]:
    """A folder on the same disk as the target, so that the last step is a rename. Gone afterwards."""
    packs.root().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=packs.root()) as folder:
        yield Path(folder)


def _downloaded(name: str, *, into: Path, progress: Progress | None) -> Path:
    url, done = URL.format(name=name), 0
    try:
        with urlopen(url, timeout=TIMEOUT_SECONDS) as answer, into.open("wb") as file:  # noqa: S310 - a fixed https address
            total = int(answer.headers.get("Content-Length") or 0) or None
            while chunk := answer.read(CHUNK):
                done += len(chunk)
                if done > MAX_DOWNLOAD:
                    raise _not_a_pack(_("the download is larger than any pack"))
                file.write(chunk)
                if progress:
                    progress(done, total)
    except (URLError, OSError) as error:
        raise _failed(url, error) from error
    if total is not None and done != total:
        raise _failed(url, _("it stopped after %(done)d of %(total)d bytes") % {"done": done, "total": total})
    return into


def _unpack(archive: Path, *, into: Path) -> None:
    """The .onnx files of the archive, flat: InsightFace packs them at the top level or in one folder."""
    try:
        with zipfile.ZipFile(archive) as zipped:
            for member in _members(zipped):
                with zipped.open(member) as source, (into / PurePosixPath(member.filename).name).open("xb") as copy:
                    shutil.copyfileobj(source, copy, CHUNK)
    except FileExistsError as error:
        raise _not_a_pack(_("two models in it have the same name")) from error
    except FileNotFoundError as error:
        raise _not_a_pack(_("%(file)s does not exist") % {"file": archive}) from error
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError) as error:
        raise _not_a_pack(_("the archive can not be read: %(why)s") % {"why": error}) from error


def _members(zipped: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """What to unpack. Refuses paths that point out of the archive, links, and sizes beyond reason."""
    infos = zipped.infolist()
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise _not_a_pack(_("the archive is too large"))
    for info in infos:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
        if path.is_absolute() or ".." in path.parts or ":" in info.filename or is_link:
            raise _not_a_pack(_("%(file)s points out of the archive") % {"file": info.filename})
    models = [info for info in infos if info.filename.endswith(".onnx") and not info.filename.startswith("__MACOSX")]
    folders = {PurePosixPath(info.filename).parent for info in models}
    if not models or len(folders) > 1 or any(len(folder.parts) > 1 for folder in folders):
        raise _not_a_pack(_("it holds no .onnx files at the top level or in one folder"))
    return models


def _verified(folder: Path) -> Pack:
    """The unpacked pack, with one detector and one recogniser that onnxruntime opens, and every other file too."""
    from recognition.engines.pack_engine import PackEngine, opens  # noqa: PLC0415 - imports onnxruntime

    try:
        pack = packs.read(folder)
        for file in pack.files:
            opens(file.path)
        PackEngine(pack)
    except FacePassError as error:
        raise _not_a_pack(str(error.details.get("why", error.message))) from error
    return pack


def _write_manifest(pack: Pack) -> None:
    folder = pack.files[0].path.parent
    files = {file.path.name: {"sha256": file.sha256, "role": file.role} for file in pack.files}
    manifest = {"version": 1, "name": pack.name, "license": asdict(pack.license), "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")


def _not_a_pack(why: str) -> FacePassError:
    return FacePassError("not_a_pack", _("This is not a usable model pack: %(why)s.") % {"why": why})


def _failed(url: str, why: object) -> FacePassError:
    message = _("The download from %(url)s failed: %(why)s. Without network: --from FILE.zip") % {
        "url": url,
        "why": why,
    }
    return FacePassError("download_failed", message, status=503)
