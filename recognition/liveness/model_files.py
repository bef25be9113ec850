"""InsightFace's liveness model on disk: FACEPASS_HOME/models/insightface/addons/liveness.onnx, and a manifest.

Where it comes from and its digest are what the pinned insightface package says (`insightface.addons.catalog`), not ours
to guess. A file of one's own, of the same shape, may be installed by naming its digest.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition import packs
from recognition.engines.base import License
from recognition.packs.catalogue import INSIGHTFACE_LICENSE

NAME = "liveness"
MANIFEST = "liveness.json"


@dataclass(frozen=True, slots=True)
class Addon:
    """`threshold`: the live probability from which the model says that somebody is there."""

    path: Path
    sha256: str
    threshold: float
    license: License = INSIGHTFACE_LICENSE


def folder() -> Path:
    """Where insightface itself would look, below its root."""
    return Path(settings.HOME) / "models" / "insightface" / "addons"


def is_installed() -> bool:
    return (folder() / f"{NAME}.onnx").exists()


def find() -> Addon:
    """Raises FacePassError 503: `model_not_installed`, or `model_corrupt` where the file is not what was installed."""
    path = folder() / f"{NAME}.onnx"
    if not is_installed():
        message = _("The liveness model is not installed. Run: manage.py install_models liveness")
        raise FacePassError("model_not_installed", message, status=503, details={"model": NAME})
    try:
        manifest = json.loads((folder() / MANIFEST).read_text())
        license_ = License(**manifest["license"]) if "license" in manifest else INSIGHTFACE_LICENSE
        found = Addon(path, str(manifest["sha256"]), float(manifest["threshold"]), license_)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise corrupt(f"{MANIFEST}: {error}") from error
    if packs.sha256(path) != found.sha256:
        raise corrupt(_("%(file)s differs from what was installed") % {"file": path.name})
    return found


def install(
    *,
    from_file: Path | None = None,
    sha256: str = "",
    threshold: float | None = None,
    license_: License | None = None,
) -> Addon:
    """Downloads the model, or takes it from a file; verifies its digest, and that it runs, before it is in place.

    `sha256` and `license_`: of a model of one's own; without them the file has to be InsightFace's. Raises
    FacePassError `wrong_digest`, `not_a_pack` (400), `download_failed` (503). A refusal leaves what was there.
    """
    from insightface.addons.catalog import ADDON_CATALOG  # noqa: PLC0415 - imports onnxruntime
    from insightface.addons.liveness import DEFAULT_THRESHOLD  # noqa: PLC0415 - as above

    artifact = ADDON_CATALOG[NAME]
    data = from_file.read_bytes() if from_file else _downloaded(artifact)
    expected = (sha256 or artifact.sha256).lower()
    if (found := hashlib.sha256(data).hexdigest()) != expected:
        message = _("The file has the SHA-256 %(found)s, not %(expected)s.") % {"found": found, "expected": expected}
        raise FacePassError("wrong_digest", message)
    is_insightfaces = expected == artifact.sha256
    stated = INSIGHTFACE_LICENSE if is_insightfaces else license_ or License("not stated", commercial=False)
    threshold = DEFAULT_THRESHOLD if threshold is None else threshold
    return _put_in_place(data, Addon(folder() / f"{NAME}.onnx", expected, threshold, stated))


def _put_in_place(data: bytes, new: Addon) -> Addon:
    from recognition.liveness.passive import opened  # noqa: PLC0415 - imports onnxruntime

    folder().mkdir(parents=True, exist_ok=True)
    draft = folder() / f".{NAME}.{os.getpid()}.onnx"
    try:
        draft.write_bytes(data)
        opened(draft, threshold=new.threshold)
        draft.replace(new.path)
    finally:
        draft.unlink(missing_ok=True)
    manifest = {"version": 1, "sha256": new.sha256, "threshold": new.threshold, "license": asdict(new.license)}
    (folder() / MANIFEST).write_text(json.dumps(manifest) + "\n")
    return find()


def _downloaded(artifact: Any) -> bytes:
    import requests  # noqa: PLC0415 - comes with insightface, and is needed here only

    try:
        answer = requests.get(artifact.url, timeout=(10, 60))
        answer.raise_for_status()
    except requests.RequestException as error:
        message = _("The download from %(url)s failed: %(why)s. Without network: --from FILE")
        values = {"url": artifact.url, "why": error}
        raise FacePassError("download_failed", message % values, status=503) from error
    return bytes(answer.content)


def corrupt(why: str) -> FacePassError:
    message = _("The liveness model is damaged: %(why)s. Install it again: manage.py install_models liveness --update")
    return FacePassError("model_corrupt", message % {"why": why}, status=503, details={"model": NAME, "why": why})
