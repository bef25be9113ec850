"""Where dlib's weights lie. Nothing here imports dlib, so the engine in use can be named without loading it."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.utils.translation import gettext as _

from facepass.errors import FacePassError
from recognition.engines.base import License
from recognition.packs import sha256

MODEL = "dlib_face_recognition_resnet_model_v1"
# https://github.com/davisking/dlib-models: the ResNet and the 5-point landmarks are in the public domain. Not so the
# 68-point landmarks in the same package: they are trained on iBUG 300-W, whose licence excludes commercial use.
LICENSE = License("CC0 (public domain)", commercial=True)
# See engines/dlib.py, Whitening; made by benchmarks/calibrate.py.
WHITENING = Path(__file__).with_name("data") / "dlib_whitening.npz"

# Of face-recognition-models 0.3.0, the only release since 2017. Other bytes are a damaged installation.
DIGESTS = {
    "shape_predictor_5_face_landmarks.dat": "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
    "dlib_face_recognition_resnet_model_v1.dat": "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
}


def verify() -> None:
    """Raises FacePassError 503: `model_not_installed`, or `model_corrupt` where a file is not as it was published."""
    for path in (landmarks(), network()):
        if not path.is_file() or sha256(path) != DIGESTS[path.name]:
            message = _(
                "The dlib model %(file)s is damaged. Run: "
                "pip install --force-reinstall --no-deps face-recognition-models"
            )
            raise FacePassError("model_corrupt", message % {"file": path.name}, status=503, details={"file": path.name})


def landmarks() -> Path:
    return _folder() / "shape_predictor_5_face_landmarks.dat"


def network() -> Path:
    return _folder() / "dlib_face_recognition_resnet_model_v1.dat"


@cache
def _folder() -> Path:
    """The package's models, found without importing it: its `__init__` wants pkg_resources, which has gone."""
    spec = find_spec("face_recognition_models")
    if spec is None or not spec.submodule_search_locations:
        message = _("The dlib models are not installed. Run: pip install -r requirements.txt")
        raise FacePassError("model_not_installed", message, status=503)
    return Path(spec.submodule_search_locations[0]) / "models"
