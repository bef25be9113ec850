"""Packs are installed whole and verified, or not at all; `models` lists what is there."""

import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

import onnx
import pytest
from django.core.management import CommandError, call_command
from onnx import TensorProto, helper

from facepass.core.errors import FacePassError
from facepass.testing.engines.real import TESTPACK
from recognition.engines import registry
from recognition.installation import downloads
from recognition.installation.packs import discard_previous_packs, install_pack
from recognition.model_versions import current_model_version, get_or_create_model_version, refuse_if_switched
from recognition.models import ModelVersion
from recognition.packs import catalogue, contracts, installed


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME, settings.SHARED_MODELS = tmp_path, tmp_path / "shared"
    return tmp_path


@pytest.fixture
def pack_zip(tmp_path):
    """The shared test pack as a zip with its files in one folder, as InsightFace packs them."""
    if not TESTPACK.is_dir():
        pytest.skip("no model pack to test with")
    return zipped(tmp_path, {f"testpack/{path.name}": path.read_bytes() for path in TESTPACK.glob("*.onnx")})


def zipped(folder, files):
    path = folder / "pack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tiny_model(shape=(1, 3, 112, 112)):
    """A valid ONNX model that is neither a detector nor a recogniser where the shape is not theirs."""
    tensor = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("a", "b")]
    graph = helper.make_graph([helper.make_node("Identity", ["a"], ["b"])], "tiny", tensor[:1], tensor[1:])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def run(*args):
    out = io.StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def left_behind():
    return sorted(path.name for path in installed.own_root().glob("*")) if installed.own_root().exists() else []


def test_a_pack_is_installed_from_a_file_without_network(pack_zip):
    said = run("install_models", "testpack", "--accept-license", "--from", str(pack_zip))
    assert "non-commercial" in said
    assert left_behind() == ["testpack"]
    pack = installed.find_pack("testpack")
    assert (pack.detector.path.name, pack.recogniser.path.name) == ("det_2.5g.onnx", "mobilefacenet.onnx")
    manifest = json.loads((installed.own_root() / "testpack" / installed.MANIFEST).read_text())
    assert manifest["files"]["det_2.5g.onnx"]["sha256"] == installed.hash_file(pack.detector.path)
    assert not pack.license.commercial


def test_files_at_the_top_level_work_too(pack_zip, tmp_path):
    flat = zipped(tmp_path, {path.name: path.read_bytes() for path in TESTPACK.glob("*.onnx")})
    assert install_pack("other", sources=[flat]).recogniser.role == "recognition"


def test_an_installed_pack_is_left_alone(pack_zip):
    install_pack("testpack", sources=[pack_zip])
    assert "already installed" in run("install_models", "testpack", "--accept-license")
    with pytest.raises(FacePassError) as refusal:
        install_pack("testpack", sources=[pack_zip])
    assert refusal.value.code == "already_installed"


@pytest.fixture
def newer_zip(tmp_path, pack_zip):
    """The same pack with a detector of other bytes."""
    files = {path.name: path.read_bytes() for path in TESTPACK.glob("*.onnx")}
    model = onnx.load_model_from_string(files["det_2.5g.onnx"])
    model.doc_string = "trained for longer"
    (tmp_path / "newer").mkdir()
    return zipped(tmp_path / "newer", {**files, "det_2.5g.onnx": model.SerializeToString()})


def test_an_update_puts_the_newer_pack_in_place_and_keeps_the_former(pack_zip, newer_zip):
    old = contracts.compute_contract_id(install_pack("testpack", sources=[pack_zip]))
    said = run("install_models", "testpack", "--update", "--accept-license", "--from", str(newer_zip))
    assert "generate_descriptors" in said
    assert left_behind() == ["testpack", "testpack.previous"]
    assert contracts.compute_contract_id(installed.find_pack("testpack.previous")) == old
    assert contracts.compute_contract_id(installed.find_pack("testpack")) != old


def test_an_update_without_news_changes_nothing(pack_zip):
    install_pack("testpack", sources=[pack_zip])
    said = run("install_models", "testpack", "--update", "--accept-license", "--from", str(pack_zip))
    assert "up to date" in said
    assert left_behind() == ["testpack"]


def test_an_unusable_update_leaves_the_installed_pack(pack_zip, tmp_path):
    install_pack("testpack", sources=[pack_zip])
    (tmp_path / "cut.zip").write_bytes(pack_zip.read_bytes()[:1000])
    with pytest.raises(FacePassError):
        install_pack("testpack", sources=[tmp_path / "cut.zip"], update=True)
    assert left_behind() == ["testpack"]
    installed.verify_pack(installed.find_pack("testpack"))


def test_a_second_update_waits_until_the_former_pack_is_discarded(pack_zip, newer_zip):
    old = contracts.compute_contract_id(install_pack("testpack", sources=[pack_zip]))
    new = contracts.compute_contract_id(install_pack("testpack", sources=[newer_zip], update=True))
    with pytest.raises(FacePassError) as refusal:
        install_pack("testpack", sources=[pack_zip], update=True)
    assert refusal.value.code == "previous_in_the_way"
    assert discard_previous_packs(besides=old) == []
    assert discard_previous_packs(besides=new) == [installed.own_root() / "testpack.previous"]


@pytest.mark.django_db
def test_after_an_update_the_former_pack_is_used_until_the_descriptors_are_new(
    pack_zip, newer_zip, settings, monkeypatch
):
    def restart():
        monkeypatch.setattr(registry, "_process", registry._Process())

    settings.ENV = settings.ENV.model_copy(update={"face_pack": "auto"})
    restart()
    install_pack("testpack", sources=[pack_zip])
    old = current_model_version()
    install_pack("testpack", sources=[newer_zip], update=True)
    restart()
    assert registry.engine_in_use().model == "testpack.previous"
    assert registry.engine_in_use().contract_id == registry.get_engine().contract_id == old.contract_id
    new = get_or_create_model_version(registry.load_engine(registry.configured_pack()))
    ModelVersion.objects.activate(new)
    with pytest.raises(FacePassError) as refusal:
        refuse_if_switched()
    assert refusal.value.code == "model_switched"
    restart()
    assert registry.engine_in_use().model == "testpack"
    assert current_model_version() == new


def test_nothing_is_installed_before_the_licence_is_accepted(pack_zip, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(CommandError, match="--accept-license"):
        run("install_models", "testpack", "--from", str(pack_zip))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _prompt: "n")
    with pytest.raises(CommandError, match="not accepted"):
        run("install_models", "testpack", "--from", str(pack_zip))
    assert left_behind() == []
    monkeypatch.setattr("builtins.input", lambda _prompt: "y")
    run("install_models", "testpack", "--from", str(pack_zip))
    assert left_behind() == ["testpack"]


UNUSABLE = {
    "a path that climbs out": {"../evil.onnx": b"x", "det.onnx": b"x"},
    "an absolute path": {"/etc/evil.onnx": b"x"},
    "a Windows path": {"..\\evil.onnx": b"x"},
    "no models": {"readme.txt": b"hello"},
    "models in two folders": {"a/one.onnx": b"x", "b/two.onnx": b"x"},
    "a deep folder": {"a/b/one.onnx": b"x"},
    "bytes that are no model": {"det.onnx": b"not a model", "rec.onnx": b"nor this"},
    "an empty model": {"det.onnx": b""},
    "only a recogniser": {"rec.onnx": tiny_model()},
    "two recognisers": {"one.onnx": tiny_model(), "two.onnx": tiny_model()},
    "too many files": {f"{i}.onnx": b"x" for i in range(200)},
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_an_unusable_archive_is_refused_in_one_line_and_leaves_nothing(case, tmp_path):
    archive = zipped(tmp_path, UNUSABLE[case])
    with pytest.raises(CommandError) as refusal:
        run("install_models", "broken", "--accept-license", "--from", str(archive))
    assert str(refusal.value).startswith("This is not a usable model pack")
    assert "\n" not in str(refusal.value)
    assert left_behind() == []
    assert not (tmp_path / "evil.onnx").exists()


def test_a_damaged_archive_is_refused(pack_zip, tmp_path):
    data = bytearray(pack_zip.read_bytes())
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "damaged.zip").write_bytes(data)
    (tmp_path / "cut.zip").write_bytes(data[: len(data) // 2])
    for name in ("damaged.zip", "cut.zip", "missing.zip"):
        with pytest.raises(FacePassError) as refusal:
            install_pack("broken", sources=[tmp_path / name])
        assert refusal.value.code == "not_a_pack"
    assert left_behind() == []


def test_a_model_that_onnxruntime_can_not_run_is_refused(tmp_path):
    detector = onnx.load(str(TESTPACK / "det_2.5g.onnx")) if TESTPACK.is_dir() else pytest.skip("no model pack")
    detector.graph.node[3].op_type = "NoSuchOperator"
    archive = zipped(tmp_path, {"det.onnx": detector.SerializeToString(), "rec.onnx": tiny_model()})
    with pytest.raises(FacePassError) as refusal:
        install_pack("broken", sources=[archive])
    assert refusal.value.code == "not_a_pack"
    assert left_behind() == []


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".hidden", "два слова", "auto", "liveness"])
def test_names_that_are_no_folder_names_are_refused(name, tmp_path):
    with pytest.raises(FacePassError) as refusal:
        install_pack(name, sources=[tmp_path / "x.zip"])
    assert refusal.value.code == "invalid_name"


@pytest.fixture
def release(monkeypatch):
    """A small web server in the place of InsightFace's releases; returns what it will answer."""
    answer = {"status": 200, "body": b"", "length": None}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(answer["status"])
            self.send_header("Content-Length", str(answer["length"] or len(answer["body"])))
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(catalogue, "INSIGHTFACE_RELEASE", f"http://127.0.0.1:{server.server_port}/{{name}}.zip")
    yield answer
    server.shutdown()
    server.server_close()


def test_a_pack_is_downloaded_and_progress_told(release, pack_zip):
    release["body"] = pack_zip.read_bytes()
    seen = []
    pack = install_pack("buffalo_sc", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(release["body"]),) * 2
    assert left_behind() == ["buffalo_sc"]
    assert pack.detector.source.endswith("/buffalo_sc.zip")
    assert pack.license == catalogue.INSIGHTFACE_LICENSE


def test_a_name_that_the_catalogue_does_not_have_is_refused_and_those_it_has_are_named():
    with pytest.raises(CommandError, match=r"opencv_zoo, buffalo_l.*--from FILE"):
        run("install_models", "buffalo_xl", "--accept-license")
    assert left_behind() == []


@pytest.mark.parametrize("case", [{"status": 404}, {"body": b"short", "length": 500}])
def test_a_failed_download_says_so_and_leaves_nothing(release, case):
    release.update(case)
    with pytest.raises(CommandError, match="download") as refusal:
        run("install_models", "buffalo_l", "--accept-license")
    assert "\n" not in str(refusal.value)
    assert "--from FILE" in str(refusal.value)
    assert left_behind() == []


def test_without_network_it_says_so(monkeypatch):
    monkeypatch.setattr(catalogue, "INSIGHTFACE_RELEASE", "http://127.0.0.1:9/{name}.zip")
    with pytest.raises(CommandError, match=r"--from FILE"):
        run("install_models", "buffalo_l", "--accept-license")
    assert left_behind() == []


def test_an_endless_download_is_stopped(release, monkeypatch):
    monkeypatch.setattr(downloads, "MAX_DOWNLOAD", 1000)
    release["body"] = b"x" * 5000
    with pytest.raises(FacePassError, match="larger than any pack"):
        install_pack("buffalo_l")
    assert left_behind() == []


def test_a_file_changed_after_installation_is_not_loaded(pack_zip):
    from recognition.engines.pack_engine import PackEngine

    pack = install_pack("testpack", sources=[pack_zip])
    with pack.recogniser.path.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(FacePassError) as refusal:
        PackEngine(installed.find_pack("testpack"))
    assert (refusal.value.code, refusal.value.status) == ("model_corrupt", 503)


@pytest.mark.django_db
def test_models_lists_licence_digest_and_the_one_in_use(pack_zip, settings):
    install_pack("testpack", sources=[pack_zip])
    said = run("models")
    assert "onnx testpack  [in use]" in said
    assert said.count("sha256:") == 2
    assert said.count("non-commercial research only (no commercial use)") == 3 + 6  # whole and parts; the catalogue's
    assert "similarity: measured" in said
    assert f"from: {pack_zip}" in said


@pytest.mark.django_db
def test_models_offers_what_the_catalogue_has_with_size_and_licence():
    said = told_without_a_model()
    assert "opencv_zoo: YuNet, SFace, MTCNN O-Net, 40 MB, MIT, Apache-2.0 (commercial use allowed)" in said
    assert "buffalo_l: SCRFD 10G, ResNet50 WebFace600K, 326 MB" in said


def told_without_a_model():
    """What the command says before it comes to the model in use, of which there is none."""
    out = io.StringIO()
    with pytest.raises(CommandError, match="install_models opencv_zoo"):
        call_command("models", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_models_shows_a_damaged_pack_with_its_problem(home):
    folder = installed.own_root() / "broken"
    folder.mkdir(parents=True)
    (folder / "det.onnx").write_bytes(b"not a model")
    assert "damaged" in told_without_a_model()
