"""Install InsightFace's liveness model, or one of the same shape."""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from recognition.liveness import model_files
from recognition.liveness.model_files import MANIFEST, NAME, LivenessModelFile
from recognition.packs.catalogue import INSIGHTFACE_LICENSE
from recognition.packs.licenses import License


class _Artifact(Protocol):
    """An entry of `insightface.addons.catalog.ADDON_CATALOG`, as far as it is used here."""

    url: str
    sha256: str


def install_liveness_model(
    *,
    from_file: Path | None = None,
    sha256: str = "",
    threshold: float | None = None,
    license_: License | None = None,
) -> LivenessModelFile:
    """Download the model, or read it from a file, and put it in place once its digest and a trial load are right.

    `sha256` (hex) and `license_` describe another model; without them the file must be InsightFace's. `threshold`: live
    probability, InsightFace's own by default. Raise FacePassError `wrong_digest`, `not_a_pack` (400),
    `download_failed` (503). A refusal leaves the installed model as it was.
    """
    from insightface.addons.catalog import ADDON_CATALOG  # noqa: PLC0415 - imports onnxruntime
    from insightface.addons.liveness import DEFAULT_THRESHOLD  # noqa: PLC0415 - as above

    artifact: _Artifact = ADDON_CATALOG[NAME]
    data = from_file.read_bytes() if from_file else _download(artifact)
    expected = (sha256 or artifact.sha256).lower()
    if (found := hashlib.sha256(data).hexdigest()) != expected:
        message = _("The file has the SHA-256 %(found)s, not %(expected)s.") % {"found": found, "expected": expected}
        raise FacePassError("wrong_digest", message)
    is_insightfaces = expected == artifact.sha256
    stated = INSIGHTFACE_LICENSE if is_insightfaces else license_ or License("not stated", commercial=False)
    threshold = DEFAULT_THRESHOLD if threshold is None else threshold
    return _put_in_place(data, LivenessModelFile(model_files.model_path(), expected, threshold, stated))


def _put_in_place(data: bytes, new: LivenessModelFile) -> LivenessModelFile:
    from recognition.liveness.passive import open_liveness_model  # noqa: PLC0415 - imports onnxruntime

    folder = model_files.addons_folder()
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{NAME}.{os.getpid()}.onnx"
    try:
        draft.write_bytes(data)
        open_liveness_model(draft, threshold=new.threshold)
        draft.replace(new.path)
    finally:
        draft.unlink(missing_ok=True)
    manifest = {"version": 1, "sha256": new.sha256, "threshold": new.threshold, "license": asdict(new.license)}
    (folder / MANIFEST).write_text(json.dumps(manifest) + "\n")
    return model_files.find_liveness_model()


def _download(artifact: _Artifact) -> bytes:
    import requests  # noqa: PLC0415 - comes with insightface, and is needed here only

    try:
        response = requests.get(artifact.url, timeout=(10, 60))
        response.raise_for_status()
    except requests.RequestException as error:
        message = _("The download from %(url)s failed: %(why)s. Without network: --from FILE")
        values = {"url": artifact.url, "why": error}
        raise FacePassError("download_failed", message % values, status=503) from error
    return bytes(response.content)
