"""InsightFace model packs on disk: FACEPASS_HOME/models/insightface/models/NAME, a folder of .onnx files.

Reading only; `pack_install.py` puts them there. A pack that was copied by hand works as well: without our manifest its
files are examined and hashed once per process.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.utils.translation import gettext as _

from facepass.errors import FacePassError
from recognition.engines.base import License

# Not manifest.json: InsightFace reads a file of that name in a format of its own.
MANIFEST = "facepass.json"
Role = Literal["detection", "recognition", "other"]

# https://github.com/deepinsight/insightface: "the pretrained models ... are available for non-commercial research
# purposes only". Whoever trained or bought their own weights sets "license" in the pack's manifest.
INSIGHTFACE_LICENSE = License("InsightFace public weights: non-commercial research only", commercial=False)


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One .onnx file: SHA-256 in hex, and what it is for. FacePass loads only `detection` and `recognition`."""

    path: Path
    sha256: str
    role: Role


@dataclass(frozen=True, slots=True)
class Pack:
    name: str
    files: tuple[ModelFile, ...]
    license: License

    @property
    def detector(self) -> ModelFile:
        return self._only("detection")

    @property
    def recogniser(self) -> ModelFile:
        return self._only("recognition")

    def _only(self, role: Role) -> ModelFile:
        found = [file for file in self.files if file.role == role]
        if len(found) != 1:
            raise corrupt(
                self.name, _("it has %(count)d %(role)s models, not one") % {"count": len(found), "role": role}
            )
        return found[0]


def root() -> Path:
    return Path(settings.HOME) / "models" / "insightface" / "models"


def is_installed(name: str) -> bool:
    return any((root() / name).glob("*.onnx"))


def installed() -> list[str]:
    """Names of the packs on disk, sorted. A hidden folder is an installation under way, not a pack."""
    return sorted(
        f.name for f in root().glob("*") if f.is_dir() and not f.name.startswith(".") and is_installed(f.name)
    )


def find(name: str) -> Pack:
    """An installed pack. Raises FacePassError 503 `model_not_installed`, or `model_corrupt` for an unreadable file."""
    if not is_installed(name):
        message = _("The model pack %(name)s is not installed. Run: manage.py install_models %(name)s") % {"name": name}
        raise FacePassError("model_not_installed", message, status=503, details={"pack": name})
    return read(root() / name)


def read(folder: Path) -> Pack:
    """The pack in a folder, wherever it lies. Raises FacePassError 503 `model_corrupt`."""
    manifest = _manifest(folder)
    files = tuple(_model_file(path, manifest=manifest) for path in sorted(folder.glob("*.onnx")))
    license_ = manifest.get("license")
    return Pack(folder.name, files, License(**license_) if license_ else INSIGHTFACE_LICENSE)


def verify(pack: Pack) -> None:
    """Hash the two files that will be loaded. Raises FacePassError 503 `model_corrupt` where the manifest differs."""
    for file in (pack.detector, pack.recogniser):
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


def role_of(path: Path) -> Role:
    """What a model file is for, by the rules of InsightFace's own router: outputs and input shape.

    Raises FacePassError 503 `model_corrupt` where it is not an ONNX graph.
    """
    state = path.stat()
    return _role(path, state.st_size, state.st_mtime_ns)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise corrupt(folder.name, f"{MANIFEST}: {error}") from error
    return found


def _model_file(path: Path, *, manifest: dict[str, Any]) -> ModelFile:
    if not manifest:
        return ModelFile(path, sha256(path), role_of(path))
    known = manifest.get("files", {}).get(path.name)
    if known is None:
        raise corrupt(path.parent.name, _("%(file)s is not in its manifest") % {"file": path.name})
    return ModelFile(path, known["sha256"], known["role"])


@lru_cache(maxsize=64)
def _sha256(path: Path, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@lru_cache(maxsize=64)
def _role(path: Path, _size: int, _mtime_ns: int) -> Role:
    import onnx  # noqa: PLC0415 - slow to import, and not needed where a manifest names the roles
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - as above

    try:
        graph = onnx.load_model(str(path), load_external_data=False).graph
    except (DecodeError, OSError, ValueError, TypeError) as error:
        raise corrupt(path.parent.name, _("%(file)s is not a model") % {"file": path.name}) from error
    if len(graph.output) >= 5:
        return "detection"
    shape = [axis.dim_value for axis in graph.input[0].type.tensor_type.shape.dim] if graph.input else []
    square = len(shape) == 4 and shape[2] == shape[3] and shape[2] >= 112 and shape[2] % 16 == 0
    # 192: landmark models; two inputs: face swapping. InsightFace routes them before it comes to ArcFace.
    return "recognition" if square and shape[2] != 192 and len(graph.input) == 1 else "other"
