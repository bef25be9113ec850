"""Model packs on disk: folders of .onnx files. A pack is a detector and a recogniser, and may have a third network that
marks landmarks; each of these parts has its own licence.

A pack lies in FACEPASS_HOME/models/insightface/models/NAME, or in SHARED_MODELS/NAME: the folder `models` of the
checkout, which all its homes share and a Docker image carries. Here packs are only read; `install.py` puts them in
place. One that was copied by hand works as well: without our manifest its files are examined and hashed once per
process.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition.engines.base import License
from recognition.packs import catalogue, roles
from recognition.packs.roles import Role

# What model versions call the engine that runs packs, and what they called it when InsightFace's were the only ones.
ENGINE = "onnx"
PACK_ENGINES = (ENGINE, "insightface")
# Not manifest.json: InsightFace reads a file of that name in a format of its own.
MANIFEST = "facepass.json"
# What an update puts aside is NAME.previous: its descriptors are in use until `generate_descriptors` has switched.
PREVIOUS = ".previous"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One .onnx file: SHA-256 in hex, what it is for, who may use it, and where it came from (may be unknown).

    FacePass loads no files of the role `other`.
    """

    path: Path
    sha256: str
    role: Role
    license: License
    source: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    name: str
    files: tuple[ModelFile, ...]

    @property
    def detector(self) -> ModelFile:
        return self._only("detection")

    @property
    def recogniser(self) -> ModelFile:
        return self._only("recognition")

    @property
    def landmarks(self) -> ModelFile | None:
        """The network that marks landmarks, where the detector's own are not used."""
        found = self._of_role("landmarks")
        return self._only("landmarks") if found else None

    @property
    def parts(self) -> tuple[ModelFile, ...]:
        """The files that are loaded."""
        marking = self.landmarks
        return (self.detector, self.recogniser, *([marking] if marking else []))

    @property
    def license(self) -> License:
        """Of the whole: it may be used commercially only where each part may."""
        return joint_license(part.license for part in self.parts)

    def _of_role(self, role: Role) -> list[ModelFile]:
        return [file for file in self.files if file.role == role]

    def _only(self, role: Role) -> ModelFile:
        found = self._of_role(role)
        if len(found) != 1:
            raise corrupt(
                self.name, _("it has %(count)d %(role)s models, not one") % {"count": len(found), "role": role}
            )
        return found[0]


def joint_license(licenses: Iterable[License]) -> License:
    """What holds for things under all these licences at once."""
    all_of_them = list(dict.fromkeys(licenses))
    return License(", ".join(each.name for each in all_of_them), all(each.commercial for each in all_of_them))


def own_root() -> Path:
    """Where this installation's own packs lie, as InsightFace itself arranges them."""
    return Path(settings.HOME) / "models" / "insightface" / "models"


def shared_root() -> Path:
    """Where the packs lie that `make` installs once for all homes of this checkout."""
    return Path(settings.SHARED_MODELS)


def folder_of(name: str) -> Path | None:
    """Where that pack is installed; this installation's own comes before a shared one of the same name."""
    found = (root / name for root in (own_root(), shared_root()))
    return next((folder for folder in found if any(folder.glob("*.onnx"))), None)


def is_installed(name: str) -> bool:
    return folder_of(name) is not None


def installed() -> list[str]:
    """Names of the packs on disk, sorted. A hidden folder is an installation under way, not a pack."""
    folders = (folder for root in (own_root(), shared_root()) for folder in root.glob("*") if folder.is_dir())
    return sorted({folder.name for folder in folders if not folder.name.startswith(".") and is_installed(folder.name)})


def find(name: str) -> Pack:
    """An installed pack. Raises FacePassError 503 `model_not_installed`, or `model_corrupt` for an unreadable file."""
    folder = folder_of(name)
    if folder is None:
        message = _("The model pack %(name)s is not installed. Run: manage.py install_models %(name)s") % {"name": name}
        raise FacePassError("model_not_installed", message, status=503, details={"pack": name})
    return read(folder)


def read(folder: Path) -> Pack:
    """The pack in a folder, wherever it lies. Raises FacePassError 503 `model_corrupt`."""
    manifest = _manifest(folder)
    return Pack(folder.name, tuple(_model_file(path, manifest=manifest) for path in sorted(folder.glob("*.onnx"))))


def verify(pack: Pack) -> None:
    """Hash the files that will be loaded. Raises FacePassError 503 `model_corrupt` where the manifest differs."""
    for file in pack.parts:
        if sha256(file.path) != file.sha256:
            raise corrupt(pack.name, _("%(file)s differs from what was installed") % {"file": file.path.name})


def corrupt(name: str, why: str) -> FacePassError:
    message = _(
        "The model pack %(name)s is damaged: %(why)s. Delete its folder and run: manage.py install_models %(name)s"
    )
    return FacePassError(
        "model_corrupt", message % {"name": name, "why": why}, status=503, details={"pack": name, "why": why}
    )


def sha256(path: Path) -> str:
    """SHA-256 of a file in hex, remembered while size and time stay the same."""
    state = path.stat()
    return _sha256(path, state.st_size, state.st_mtime_ns)


def license_of(digest: str) -> License:
    """What is known of a file without a word about its licence. Whatever is not pinned may be InsightFace's."""
    pinned = catalogue.known(digest)
    return pinned.license if pinned else catalogue.INSIGHTFACE_LICENSE


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise corrupt(folder.name, f"{MANIFEST}: {error}") from error
    return found


def _model_file(path: Path, *, manifest: dict[str, Any]) -> ModelFile:
    """Manifests of version 1 have one licence for the whole pack."""
    if not manifest:
        digest = sha256(path)
        return ModelFile(path, digest, _role_of(path), license_of(digest))
    known = manifest.get("files", {}).get(path.name)
    if known is None:
        raise corrupt(path.parent.name, _("%(file)s is not in its manifest") % {"file": path.name})
    stated = known.get("license") or manifest.get("license")
    license_ = License(**stated) if stated else license_of(known["sha256"])
    return ModelFile(path, known["sha256"], known["role"], license_, known.get("source", ""))


def _role_of(path: Path) -> Role:
    try:
        return roles.role_of(path)
    except ValueError as error:
        raise corrupt(path.parent.name, _("%(file)s is not a model") % {"file": path.name}) from error


@lru_cache(maxsize=64)
def _sha256(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
