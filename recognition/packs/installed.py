"""Model packs on disk: folders of .onnx files, each a detector, a recogniser and perhaps a network for landmarks.

A pack lies in FACEPASS_HOME/models/insightface/models/NAME, or in SHARED_MODELS/NAME: the folder `models` of the
checkout, which all its homes share and a Docker image carries. Packs are only read here; `recognition.installation`
puts them in place. A pack that was copied by hand works too: without our manifest its files are examined and hashed
once per process.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NotRequired, TypedDict

from django.conf import settings
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition.packs import catalogue, roles
from recognition.packs.licenses import License, joint_license
from recognition.packs.roles import Role

# The name that model versions give the engine that runs packs. Rows from before other packs were supported say
# "insightface".
ENGINE = "onnx"
PACK_ENGINES = (ENGINE, "insightface")
# Not manifest.json: InsightFace reads a file of that name in a format of its own.
MANIFEST = "facepass.json"
# An update renames the former pack to NAME.previous: it stays in use until `generate_descriptors` has switched.
PREVIOUS = ".previous"


class LicenseEntry(TypedDict):
    """`License` in a manifest."""

    name: str
    commercial: bool


class FileEntry(TypedDict):
    """A model file in a manifest. `sha256` in hex."""

    sha256: str
    role: Role
    license: NotRequired[LicenseEntry]
    source: NotRequired[str]


class PackManifest(TypedDict):
    """The content of facepass.json. Version 1 has one `license` for the whole pack, version 2 one for each file."""

    version: NotRequired[int]
    name: NotRequired[str]
    files: dict[str, FileEntry]
    license: NotRequired[LicenseEntry]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One .onnx file: SHA-256 in hex, what it is for, who may use it, and where it came from (may be unknown).

    Files of the role `other` are never loaded.
    """

    path: Path
    sha256: str
    role: Role
    license: License
    source: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """The model files of one folder. Properties raise FacePassError 503 `model_corrupt` where a needed file is missing
    or there are several of its role.
    """

    name: str
    files: tuple[ModelFile, ...]

    @property
    def detector(self) -> ModelFile:
        return self._only_file("detection")

    @property
    def recogniser(self) -> ModelFile:
        return self._only_file("recognition")

    @property
    def landmarks(self) -> ModelFile | None:
        """The network that marks landmarks; None where the detector's own are used."""
        return self._only_file("landmarks") if self._files_with_role("landmarks") else None

    @property
    def parts(self) -> tuple[ModelFile, ...]:
        """The files that an engine loads."""
        return (self.detector, self.recogniser, *([self.landmarks] if self.landmarks else []))

    @property
    def license(self) -> License:
        """The licence of the whole pack: commercial use is allowed only where each part allows it."""
        return joint_license(part.license for part in self.parts)

    def _files_with_role(self, role: Role) -> list[ModelFile]:
        return [file for file in self.files if file.role == role]

    def _only_file(self, role: Role) -> ModelFile:
        files = self._files_with_role(role)
        if len(files) != 1:
            raise corrupt_pack_error(
                self.name, _("it has %(count)d %(role)s models, not one") % {"count": len(files), "role": role}
            )
        return files[0]


def own_root() -> Path:
    """Return the folder of this installation's own packs, arranged as InsightFace itself does."""
    return Path(settings.HOME) / "models" / "insightface" / "models"


def shared_root() -> Path:
    """Return the folder of the packs that `make` installs once for all homes of this checkout."""
    return Path(settings.SHARED_MODELS)


def find_folder(name: str) -> Path | None:
    """Return the folder of an installed pack. This installation's own comes before a shared one of the same name."""
    folders = (root / name for root in (own_root(), shared_root()))
    return next((folder for folder in folders if any(folder.glob("*.onnx"))), None)


def is_installed(name: str) -> bool:
    return find_folder(name) is not None


def list_packs() -> list[str]:
    """Return the sorted names of the packs on disk."""
    folders = (folder for root in (own_root(), shared_root()) for folder in root.glob("*") if folder.is_dir())
    # A hidden folder is an installation under way.
    return sorted({folder.name for folder in folders if not folder.name.startswith(".") and is_installed(folder.name)})


def find_pack(name: str) -> Pack:
    """Return an installed pack.

    Raise FacePassError 503 `model_not_installed`, or `model_corrupt` for an unreadable file.
    """
    folder = find_folder(name)
    if folder is None:
        message = _("The model pack %(name)s is not installed. Run: manage.py install_models %(name)s") % {"name": name}
        raise FacePassError("model_not_installed", message, status=503, details={"pack": name})
    return read_pack(folder)


def read_pack(folder: Path) -> Pack:
    """Return the pack in any folder. Raise FacePassError 503 `model_corrupt`."""
    manifest = _read_manifest(folder)
    return Pack(folder.name, tuple(_read_model_file(path, manifest=manifest) for path in sorted(folder.glob("*.onnx"))))


def verify_pack(pack: Pack) -> None:
    """Hash the files that will be loaded. Raise FacePassError 503 `model_corrupt` where one differs from its entry."""
    for file in pack.parts:
        if hash_file(file.path) != file.sha256:
            raise corrupt_pack_error(
                pack.name, _("%(file)s differs from what was installed") % {"file": file.path.name}
            )


def corrupt_pack_error(name: str, why: str) -> FacePassError:
    """Return FacePassError 503 `model_corrupt` for the pack of that name."""
    message = _(
        "The model pack %(name)s is damaged: %(why)s. Delete its folder and run: manage.py install_models %(name)s"
    )
    return FacePassError(
        "model_corrupt", message % {"name": name, "why": why}, status=503, details={"pack": name, "why": why}
    )


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file in hex, cached while its size and modification time stay the same."""
    state = path.stat()
    return _hash_file(path, state.st_size, state.st_mtime_ns)


def license_for_digest(digest: str) -> License:
    """Return the licence of a file whose manifest names none. Whatever is not pinned is treated as InsightFace's."""
    pinned = catalogue.find_pinned_file(digest)
    return pinned.license if pinned else catalogue.INSIGHTFACE_LICENSE


def _read_manifest(folder: Path) -> PackManifest | None:
    try:
        manifest: PackManifest = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise corrupt_pack_error(folder.name, f"{MANIFEST}: {error}") from error
    return manifest


def _read_model_file(path: Path, *, manifest: PackManifest | None) -> ModelFile:
    if not manifest:
        digest = hash_file(path)
        return ModelFile(path, digest, _read_role(path), license_for_digest(digest))
    entry = manifest.get("files", {}).get(path.name)
    if entry is None:
        raise corrupt_pack_error(path.parent.name, _("%(file)s is not in its manifest") % {"file": path.name})
    stated = entry.get("license") or manifest.get("license")
    license_ = License(**stated) if stated else license_for_digest(entry["sha256"])
    return ModelFile(path, entry["sha256"], entry["role"], license_, entry.get("source", ""))


def _read_role(path: Path) -> Role:
    try:
        return roles.read_role(path)
    except ValueError as error:
        raise corrupt_pack_error(path.parent.name, _("%(file)s is not a model") % {"file": path.name}) from error


@lru_cache(maxsize=64)
def _hash_file(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
