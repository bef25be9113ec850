"""Install a model pack: complete and verified, or not at all.

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
from recognition.installation import archives, downloads
from recognition.installation.downloads import Progress
from recognition.packs import catalogue, contracts, installed
from recognition.packs.catalogue import LIVENESS, CatalogueEntry
from recognition.packs.installed import MANIFEST, PREVIOUS, ModelFile, Pack
from recognition.packs.licenses import License


@dataclass(frozen=True, slots=True)
class OwnWeights:
    """What the user says of weights that come from files.

    `license`: None where nothing is stated. `detector`: an installed pack whose detector, and network for landmarks,
    the new pack shall copy.
    """

    license: License | None = None
    detector: str = ""


def install_pack(
    name: str,
    *,
    sources: Sequence[Path] = (),
    own: OwnWeights | None = None,
    progress: Progress | None = None,
    update: bool = False,
) -> Pack:
    """Download the pack, or read it from `sources`, verify it, put it in place and return it.

    With `update` an installed pack is replaced where the new one has other models, and becomes NAME.previous. Raise
    FacePassError: `already_installed`, `previous_in_the_way` (409), `invalid_name`, `unknown_pack`, `not_a_pack` (400),
    `download_failed` (503). A refusal leaves nothing behind.
    """
    entry = catalogue.CATALOGUE.get(name)
    if entry and entry.files and update and _has_pinned_files(name, entry):
        return installed.find_pack(name)
    target = _require_target(name, root=_root_for(entry), update=update)
    with _workshop(target.parent) as workshop:
        folder = workshop / name
        folder.mkdir()
        if entry and entry.files:
            pack = _build_pinned_pack(folder, entry, sources, progress=progress)
        else:
            pack = _build_pack_from_files(folder, sources, own or OwnWeights(), workshop=workshop, progress=progress)
        _write_manifest(pack)
        if not _has_same_contract(pack, name):
            _move_into_place(folder, target)
        elif _is_intact(name):
            _replace_manifest(folder, name)
        else:
            shutil.rmtree(target)
            folder.rename(target)
    return installed.find_pack(name)


def discard_previous_packs(*, besides: str) -> list[Path]:
    """Delete the packs that updates put aside and return their folders.

    `besides`: the contract id of the pack to keep, which still describes faces.
    """
    names = [name for name in installed.list_packs() if name.endswith(PREVIOUS) and _contract_id(name) != besides]
    discarded = [folder for folder in map(installed.find_folder, names) if folder is not None]
    for folder in discarded:
        shutil.rmtree(folder)
    return discarded


def _root_for(entry: CatalogueEntry | None) -> Path:
    # Pinned packs may be used by anybody, so all homes share them. Others belong to whoever accepted their licence.
    return installed.shared_root() if entry and entry.files else installed.own_root()


def _contract_id(name: str) -> str:
    """Return the contract id of an installed pack; empty where it is missing or damaged."""
    try:
        return contracts.compute_contract_id(installed.find_pack(name))
    except FacePassError:
        return ""


def _has_same_contract(pack: Pack, name: str) -> bool:
    return contracts.compute_contract_id(pack) == _contract_id(name)


def _replace_manifest(folder: Path, name: str) -> None:
    """Take the new manifest for an installed pack with the same models: their stated licence may have changed."""
    current = installed.find_folder(name)
    names = {path.name for path in folder.glob("*.onnx")}
    if current and names == {path.name for path in current.glob("*.onnx")}:
        (folder / MANIFEST).replace(current / MANIFEST)


def _has_pinned_files(name: str, entry: CatalogueEntry) -> bool:
    """Return whether the installed pack is intact and consists of the files that are pinned now."""
    pinned = {file.sha256 for file in entry.files}
    return _is_intact(name) and {part.sha256 for part in installed.find_pack(name).parts} == pinned


def _is_intact(name: str) -> bool:
    """Return whether the pack is installed and its files have the digests of its manifest."""
    try:
        installed.verify_pack(installed.find_pack(name))
    except FacePassError:
        return False
    return True


def _move_into_place(folder: Path, target: Path) -> None:
    # Running processes have their models in memory; the next one to start finds the old pack under its new name.
    if target.exists():
        target.rename(target.with_name(target.name + PREVIOUS))
    folder.rename(target)


def _require_target(name: str, *, root: Path, update: bool) -> Path:
    """Return the pack's future folder. Raise `invalid_name`, `previous_in_the_way` or `already_installed`."""
    usable = re.fullmatch(PACK_NAME, name) and not name.startswith(".")
    if not usable or name in (AUTO, LIVENESS.name):  # both mean something else to FACE_PACK and install_models
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
    """Yield a temporary folder on the same disk as the target, so that the last step is a rename."""
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=root) as folder:
        yield Path(folder)


def _build_pinned_pack(
    folder: Path, entry: CatalogueEntry, sources: Sequence[Path], *, progress: Progress | None
) -> Pack:
    # The digests prove that these are the files that FacePass was tested with, so they are not loaded as a trial.
    origins = downloads.fetch_pinned_files(entry.files, into=folder, sources=sources, progress=progress)
    files = [
        ModelFile(folder / file.name, file.sha256, file.role, file.license, origins[file.name]) for file in entry.files
    ]
    return Pack(entry.name, tuple(sorted(files, key=lambda file: file.path.name)))


def _build_pack_from_files(
    folder: Path, sources: Sequence[Path], own: OwnWeights, *, workshop: Path, progress: Progress | None
) -> Pack:
    """Return the pack that the sources hold, or InsightFace's release without sources, once a trial load succeeded."""
    origin = ", ".join(map(str, sources))
    if not sources:
        origin = _release_address(folder.name)
        sources = [workshop / "download.zip"]
        downloads.download_file(origin, into=sources[0], progress=progress)
    for source in sources:
        archives.unpack_models(source, into=folder)
    files = tuple(
        replace(file, license=_stated_license(file, own), source=origin) for file in _read_new_pack(folder).files
    )
    copied = _copy_detector(own.detector, into=folder) if own.detector else ()
    pack = Pack(folder.name, (*files, *copied))
    _require_loadable(pack)
    return pack


def _stated_license(file: ModelFile, own: OwnWeights) -> License:
    """Return the licence that the user states; a pinned file keeps its publisher's."""
    return own.license if own.license and not catalogue.find_pinned_file(file.sha256) else file.license


def _release_address(name: str) -> str:
    if name not in catalogue.CATALOGUE:
        message = _("%(name)s is not in the catalogue (%(names)s). Weights of your own: --from FILE")
        values = {"name": name, "names": ", ".join(catalogue.CATALOGUE)}
        raise FacePassError("unknown_pack", message % values)
    return catalogue.INSIGHTFACE_RELEASE.format(name=name)


def _copy_detector(name: str, *, into: Path) -> tuple[ModelFile, ...]:
    """Copy another pack's detector and its network for landmarks, so that the new pack needs no other folder."""
    lender = installed.find_pack(name)
    installed.verify_pack(lender)
    files = []
    for file in (lender.detector, *([lender.landmarks] if lender.landmarks else [])):
        archives.unpack_models(file.path, into=into)
        files.append(replace(file, path=into / file.path.name, source=file.source or name))
    return tuple(files)


def _read_new_pack(folder: Path) -> Pack:
    try:
        return installed.read_pack(folder)
    except FacePassError as error:
        raise archives.not_a_pack_error(str(error.details.get("why", error.message))) from error


def _require_loadable(pack: Pack) -> None:
    """Raise `not_a_pack` unless onnxruntime opens every file and the pack makes an engine."""
    from recognition.engines.pack_engine import PackEngine, require_openable  # noqa: PLC0415 - imports onnxruntime

    try:
        for file in pack.files:
            require_openable(file.path)
        PackEngine(pack)
    except FacePassError as error:
        raise archives.not_a_pack_error(str(error.details.get("why", error.message))) from error


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
