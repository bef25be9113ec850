"""dlib's network on onnxruntime describes faces as dlib does."""

from importlib.resources import files
from pathlib import Path

import dlib
import numpy as np
import pytest

from facepass.env import BASE_DIR
from facepass.errors import FacePassError
from recognition import dlib_files, pictures
from recognition.engines.dlib import DlibEngine, chip
from recognition.engines.dlib_network import Network, as_onnx

LFW = BASE_DIR.parent / "shared" / "data" / "lfw" / "people"


@pytest.fixture(scope="module")
def network(tmp_path_factory) -> Network:
    return Network(dlib_files.network(), folder=tmp_path_factory.mktemp("models"))


def chips_of(path: Path) -> np.ndarray:
    with path.open("rb") as file:
        picture = pictures.decode(file)
    return np.stack([chip(picture, face.landmarks) for face in DlibEngine().detect([picture])[0]])


def by_dlib(chips: np.ndarray) -> np.ndarray:
    model = dlib.face_recognition_model_v1(str(dlib_files.network()))
    return np.array([list(found) for found in model.compute_face_descriptor(list(chips))], np.float32)


def test_the_numbers_are_those_of_dlib(network):
    chips = chips_of(Path(str(files("insightface") / "data/images/t1.jpg")))
    assert len(chips) == 6
    assert np.abs(network.describe(chips) - by_dlib(chips)).max() < 1e-5


@pytest.mark.skipif(not LFW.exists(), reason="the shared pictures are not here")
def test_the_numbers_are_those_of_dlib_on_many_people(network):
    chips = []
    for path in sorted(LFW.glob("*.jpg"))[::12]:
        with path.open("rb") as file:
            chips.append(pictures.decode(file))
    chips = np.stack(chips)  # 150x150 as they are
    assert len(chips) >= 40
    assert np.abs(network.describe(chips) - by_dlib(chips)).max() < 1e-5


def test_a_face_has_the_same_descriptor_in_any_company(network):
    chips = chips_of(Path(str(files("insightface") / "data/images/t1.jpg")))
    many = np.concatenate([chips, chips])  # more than one batch
    alone = np.concatenate([network.describe(chips[i : i + 1]) for i in range(len(chips))])
    assert np.abs(network.describe(many)[: len(chips)] - alone).max() < 1e-5


def test_the_graph_is_made_once(tmp_path):
    made = as_onnx(dlib_files.network(), folder=tmp_path)
    before = made.stat().st_mtime_ns
    assert as_onnx(dlib_files.network(), folder=tmp_path) == made
    assert made.stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == [made.name]


def test_another_file_is_refused_by_its_name_and_leaves_nothing(tmp_path):
    wrong = tmp_path / "wrong.dat"
    wrong.write_bytes(dlib_files.landmarks().read_bytes()[:100_000])
    with pytest.raises(FacePassError) as refusal:
        as_onnx(wrong, folder=tmp_path / "models")
    assert refusal.value.code == "model_corrupt"
    assert "wrong.dat" in refusal.value.message
    assert not list((tmp_path / "models").iterdir())
