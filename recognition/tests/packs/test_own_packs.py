"""Weights of one's own: a bought recogniser with the free detector, under the licence that came with it."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from facepass.testing.engines.real import OPENCV_ZOO, TESTPACK
from recognition.engines import registry
from recognition.packs import catalogue, installed

pytestmark = pytest.mark.skipif(not TESTPACK.is_dir(), reason="no recogniser to test with")
LICENCE = ["--license", "ArcFace, bought 2026, order 17", "--commercial"]


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """opencv_zoo is shared, as after `make`."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def recogniser(tmp_path):
    """A file as it may be bought: known to nobody."""
    path = tmp_path / "arcface.onnx"
    path.write_bytes((TESTPACK / "mobilefacenet.onnx").read_bytes())
    return path


def run(*args):
    out = io.StringIO()
    call_command("install_models", *map(str, args), stdout=out)
    return out.getvalue()


def test_with_the_free_detector_the_whole_may_be_used_commercially(recogniser):
    run("mine", "--from", recogniser, "--detector", "opencv_zoo", *LICENCE)
    pack = installed.find_pack("mine")
    assert {part.role: part.license.name for part in pack.parts} == {
        "detection": "MIT",
        "recognition": "ArcFace, bought 2026, order 17",
        "landmarks": "MIT",
    }
    assert pack.license.commercial
    assert registry.load_engine("mine").license == pack.license
    assert pack.detector.sha256 == installed.read_pack(OPENCV_ZOO).detector.sha256
    assert pack.recogniser.source == str(recogniser)


def test_it_stands_by_itself_when_the_pack_that_lent_the_detector_has_gone(recogniser, settings, tmp_path):
    run("mine", "--from", recogniser, "--detector", "opencv_zoo", *LICENCE)
    settings.SHARED_MODELS = tmp_path / "empty"
    installed.verify_pack(installed.find_pack("mine"))


def test_with_a_detector_for_research_only_the_whole_may_not_be_used_commercially(recogniser):
    run("lender", "--from", TESTPACK, "--accept-license")
    run("mine", "--from", recogniser, "--detector", "lender", *LICENCE)
    pack = installed.find_pack("mine")
    assert pack.recogniser.license.commercial
    assert not pack.detector.license.commercial
    assert not pack.license.commercial
    assert pack.license.name == f"{catalogue.INSIGHTFACE_LICENSE.name}, ArcFace, bought 2026, order 17"


def test_without_a_word_about_its_licence_it_is_taken_for_insightfaces_which_has_to_be_accepted(
    recogniser, monkeypatch
):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(CommandError, match="--accept-license"):
        run("mine", "--from", recogniser, "--detector", "opencv_zoo")
    assert not installed.is_installed("mine")


def test_that_a_licence_allows_commercial_use_needs_a_licence(recogniser):
    with pytest.raises(CommandError, match="--license"):
        run("mine", "--from", recogniser, "--detector", "opencv_zoo", "--commercial")


def test_a_licence_may_be_stated_later(recogniser):
    run("mine", "--from", TESTPACK, "--accept-license")
    assert not installed.find_pack("mine").license.commercial
    assert "up to date" in run("mine", "--from", TESTPACK, "--update", *LICENCE)
    assert installed.find_pack("mine").license.commercial
    assert installed.list_packs() == ["mine", "opencv_zoo"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([], "0 detection models"),
        (["--detector", "nobody"], "nobody is not installed"),
        (["--from", TESTPACK, "--detector", "opencv_zoo"], "2 detection models"),
    ],
)
def test_a_pack_with_a_part_too_few_or_too_many_is_refused(recogniser, options, why):
    with pytest.raises(CommandError, match=why):
        run("mine", "--from", recogniser, *options, *LICENCE)
    assert not installed.is_installed("mine")


def test_a_manifest_of_the_version_before_has_one_licence_for_all_parts(home):
    folder = installed.own_root() / "older"
    folder.mkdir(parents=True)
    for path in TESTPACK.glob("*.onnx"):
        (folder / path.name).symlink_to(path)
    files = {file.path.name: {"sha256": file.sha256, "role": file.role} for file in installed.read_pack(TESTPACK).files}
    manifest = {"version": 1, "name": "older", "license": {"name": "Ours", "commercial": True}, "files": files}
    (folder / installed.MANIFEST).write_text(json.dumps(manifest))
    pack = installed.find_pack("older")
    assert {part.license.name for part in pack.parts} == {"Ours"}
    assert pack.license.commercial
