"""Puts a model pack in place: whole and verified, or not at all.

Everything happens in a hidden folder beside the target, which is renamed into place at the end.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.env import AUTO, PACK_NAME
from recognition import packs
from recognition.engines.base import License
from recognition.packs import MANIFEST, PREVIOUS, ModelFile, Pack, archives, catalogue, contracts, downloads
from recognition.packs.catalogue import LIVENESS, Entry
from recognition.packs.downloads import Progress


@dataclass(frozen=True, slots=True)
class Own:
    """Weights of one's own. `detector`: an installed pack that lends its detector, and what marks landmarks with it.
    `license`: of the weights that come from files; None where nothing is said of it.
    """

    license: License | None = None
    detector: str = ""


def install(
    name: str,
    *,
    sources: Sequence[Path] = (),
    own: Own | None = None,
    progress: Progress | None = None,
    update: bool = False,
) -> Pack:
    """Download the pack, or take it from files, verify it and put it in place.

    `update` replaces an installed pack, which becomes NAME.previous, where the new one has other models.
    `progress` is told bytes so far and in total (None where unknown). Raises FacePassError: `already_installed`,
    `previous_in_the_way` (409), `invalid_name`, `unknown_pack`, `not_a_pack` (400), `download_failed` (503). Nothing is
    left behind by a refusal.
    """
    entry = catalogue.CATALOGUE.get(name)
    if entry and entry.files and update and _holds(name, entry):
        return packs.find(name)
    target = _target(name, root=_root(entry), update=update)
    with _workshop(target.parent) as workshop:
        folder = workshop / name
        folder.mkdir()
        if entry and entry.files:
            pack = _pinned(folder, entry, sources, progress=progress)
        else:
            pack = _found(folder, sources, own or Own(), workshop=workshop, progress=progress)
        _write_manifest(pack)
        if not _same(pack, name):
            _put_in_place(folder, target)
        elif _is_whole(name):
            _note_again(folder, name)
        else:
            shutil.rmtree(target)
            folder.rename(target)
    return packs.find(name)


def discard_previous(*, besides: str) -> list[Path]:
    """Deletes what updates put aside, but for the pack with that contract id; the folders that are gone."""
    names = [name for name in packs.installed() if name.endswith(PREVIOUS) and _contract(name) != besides]
    gone = [folder for folder in map(packs.folder_of, names) if folder is not None]
    for folder in gone:
        shutil.rmtree(folder)
    return gone


def _root(entry: Entry | None) -> Path:
    """What anybody may use and is pinned is shared; what somebody accepted a licence for is not."""
    return packs.shared_root() if entry and entry.files else packs.own_root()


def _contract(name: str) -> str:
    try:
        return contracts.of_pack(packs.find(name))
    except FacePassError:
        return ""  # damaged, so of no use


def _same(pack: Pack, name: str) -> bool:
    return contracts.of_pack(pack) == _contract(name)


def _note_again(folder: Path, name: str) -> None:
    """The models are the same; what is said of them, such as their licence, may be new."""
    installed = packs.folder_of(name)
    names = {path.name for path in folder.glob("*.onnx")}
    if installed and names == {path.name for path in installed.glob("*.onnx")}:
        (folder / MANIFEST).replace(installed / MANIFEST)


def _holds(name: str, entry: Entry) -> bool:
    """Whether the installed pack consists of the files that are pinned now."""
    wanted = {file.sha256 for file in entry.files}
    return _is_whole(name) and {part.sha256 for part in packs.find(name).parts} == wanted


def _is_whole(name: str) -> bool:
    """Whether the pack is installed and its files are what they were."""
    try:
        packs.verify(packs.find(name))
    except FacePassError:
        return False
    return True


def _put_in_place(folder: Path, target: Path) -> None:
    """Processes that run have their models in memory; the next to start finds the old pack under its new name."""
    if target.exists():
        target.rename(target.with_name(target.name + PREVIOUS))
    folder.rename(target)


def _target(name: str, *, root: Path, update: bool) -> Path:
    usable = re.fullmatch(PACK_NAME, name) and not name.startswith(".")
    if not usable or name in (AUTO, LIVENESS.name):  # they mean something else already
        raise FacePassError("invalid_name", _("%(name)s is not the name of a pack.") % {"name": name})
    target = root / name
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
def _workshop(root: Path) -> Iterator[Path]:
    """A folder on the same disk as the target, so that the last step is a rename. Gone afterwards."""
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=root) as folder:
        yield Path(folder)


def _pinned(folder: Path, entry: Entry, sources: Sequence[Path], *, progress: Progress | None) -> Pack:
    """The digests say that these are the files which FacePass was tested with, so they are not tried again."""
    came_from = downloads.pinned(entry.files, into=folder, sources=sources, progress=progress)
    files = [
        ModelFile(folder / file.name, file.sha256, file.role, file.license, came_from[file.name])
        for file in entry.files
    ]
    return Pack(entry.name, tuple(sorted(files, key=lambda file: file.path.name)))


def _found(folder: Path, sources: Sequence[Path], own: Own, *, workshop: Path, progress: Progress | None) -> Pack:
    """What the files hold, or InsightFace's release, with the detector of another pack where that is asked for."""
    came_from = ", ".join(map(str, sources))
    if not sources:
        came_from = _release_of(folder.name)
        sources = [workshop / "download.zip"]
        downloads.from_address(came_from, into=sources[0], progress=progress)
    for source in sources:
        archives.unpack(source, into=folder)
    license_ = own.license
    files = tuple(
        replace(
            file, license=license_ if license_ and not catalogue.known(file.sha256) else file.license, source=came_from
        )
        for file in _read(folder).files
    )
    lent = _lent(own.detector, into=folder) if own.detector else ()
    return _tried(Pack(folder.name, (*files, *lent)))


def _release_of(name: str) -> str:
    if name not in catalogue.CATALOGUE:
        message = _("%(name)s is not in the catalogue (%(names)s). Weights of your own: --from FILE")
        values = {"name": name, "names": ", ".join(catalogue.CATALOGUE)}
        raise FacePassError("unknown_pack", message % values)
    return catalogue.INSIGHTFACE_RELEASE.format(name=name)


def _lent(name: str, *, into: Path) -> tuple[ModelFile, ...]:
    """Copies of another pack's detector and of its landmark network, so that the new pack stands by itself."""
    lender = packs.find(name)
    packs.verify(lender)
    found = []
    for file in (lender.detector, *([lender.landmarks] if lender.landmarks else [])):
        archives.unpack(file.path, into=into)
        found.append(replace(file, path=into / file.path.name, source=file.source or name))
    return tuple(found)


def _read(folder: Path) -> Pack:
    try:
        return packs.read(folder)
    except FacePassError as error:
        raise archives.not_a_pack(str(error.details.get("why", error.message))) from error


def _tried(pack: Pack) -> Pack:
    """The pack, with one detector and one recogniser that onnxruntime opens, and every other file too."""
    from recognition.engines.pack_engine import PackEngine, opens  # noqa: PLC0415 - imports onnxruntime

    try:
        for file in pack.files:
            opens(file.path)
        PackEngine(pack)
    except FacePassError as error:
        raise archives.not_a_pack(str(error.details.get("why", error.message))) from error
    return pack


def _write_manifest(pack: Pack) -> None:
    folder = pack.files[0].path.parent
    files = {
        file.path.name: {
            "sha256": file.sha256,
            "role": file.role,
            "license": asdict(file.license),
            "source": file.source,
        }
        for file in pack.files
    }
    manifest = {"version": 2, "name": pack.name, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
