"""The liveness model on disk: FACEPASS_HOME/models/insightface/addons/liveness.onnx, and a manifest beside it.

Its address and digest are what the pinned insightface package says (`insightface.addons.catalog`). A model of one's
own, of the same shape, may be installed by naming its digest (`recognition.installation.liveness`).
"""

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition.packs import installed
from recognition.packs.catalogue import INSIGHTFACE_LICENSE
from recognition.packs.licenses import License

NAME = "liveness"
MANIFEST = "liveness.json"


@dataclass(frozen=True, slots=True)
class LivenessModelFile:
    """`sha256` in hex; `threshold`: the live probability from which a face counts as living."""

    path: Path
    sha256: str
    threshold: float
    license: License = INSIGHTFACE_LICENSE


def addons_folder() -> Path:
    """Return the folder where insightface itself would look, below its root."""
    return Path(settings.HOME) / "models" / "insightface" / "addons"


def model_path() -> Path:
    """Return where the model is, or will be."""
    return addons_folder() / f"{NAME}.onnx"


def is_liveness_model_installed() -> bool:
    return model_path().exists()


def find_liveness_model() -> LivenessModelFile:
    """Return the installed model.

    Raise FacePassError 503: `model_not_installed`, or `model_corrupt` where the file is not what was installed.
    """
    path = model_path()
    if not is_liveness_model_installed():
        message = _("The liveness model is not installed. Run: manage.py install_models liveness")
        raise FacePassError("model_not_installed", message, status=503, details={"model": NAME})
    try:
        manifest = json.loads((addons_folder() / MANIFEST).read_text())
        license_ = License(**manifest["license"]) if "license" in manifest else INSIGHTFACE_LICENSE
        model = LivenessModelFile(path, str(manifest["sha256"]), float(manifest["threshold"]), license_)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise corrupt_liveness_model_error(f"{MANIFEST}: {error}") from error
    if installed.hash_file(path) != model.sha256:
        raise corrupt_liveness_model_error(_("%(file)s differs from what was installed") % {"file": path.name})
    return model


def corrupt_liveness_model_error(why: str) -> FacePassError:
    """Return FacePassError 503 `model_corrupt` for the liveness model."""
    message = _("The liveness model is damaged: %(why)s. Install it again: manage.py install_models liveness --update")
    return FacePassError("model_corrupt", message % {"why": why}, status=503, details={"model": NAME, "why": why})
