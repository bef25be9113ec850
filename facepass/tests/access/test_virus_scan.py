"""Files are shown to a virus scanner before they are accepted: to one that plays clamd, and to clamd itself."""

import io
import shutil
import socket
import socketserver
import struct
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from facepass.core import virus_scan
from facepass.core.errors import FacePassError
from facepass.testing.factories import GalleryFactory, MembershipFactory, SessionFactory
from facepass.testing.pages.guests import agree, text
from facepass.testing.pictures.fake import picture_of
from facepass.testing.waiting import PATIENCE_SECONDS
from galleries.models import GalleryImage

# The test file of EICAR, in two parts so that no scanner finds it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD" + b"-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner(socketserver.StreamRequestHandler):
    """INSTREAM of clamd, which finds one string."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.server.seen.append(content)
        self.wfile.write(self.server.answer or (b"stream: Eicar FOUND\0" if EICAR in content else b"stream: OK\0"))


@pytest.fixture
def scanner(settings):
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scanner)
    server.seen, server.answer = [], b""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.CLAMAV_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def silent(settings):
    """An address at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        yield


def refusal_of(data):
    with pytest.raises(FacePassError) as refused:
        virus_scan.require_clean(io.BytesIO(data))
    return refused.value


def infected():
    """A picture that decoders take, with what scanners look for behind it."""
    return picture_of(["ann"]) + EICAR


def test_without_a_scanner_nothing_is_asked(settings):
    settings.CLAMAV_URL = ""
    virus_scan.require_clean(io.BytesIO(EICAR))


def test_the_whole_file_is_shown_and_left_at_its_beginning(scanner):
    file = io.BytesIO(b"x" * 600_000 + b"end")
    file.seek(5)
    virus_scan.require_clean(file)
    assert scanner.seen == [file.getvalue()]
    assert file.tell() == 0


def test_what_is_found_is_named(scanner):
    refusal = refusal_of(b"before" + EICAR)
    assert (refusal.code, refusal.status, refusal.details) == ("infected_file", 422, {"virus": "Eicar"})


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"\0", b"nonsense"])
def test_an_answer_that_is_none_is_no_permission(scanner, answer):
    scanner.answer = answer
    refusal = refusal_of(b"x")
    assert (refusal.code, refusal.status) == ("virus_scan_unavailable", 503)
    assert refusal.retry_after


def test_while_the_scanner_is_away_no_file_is_taken(silent, api, studio):
    assert refusal_of(b"x").code == "virus_scan_unavailable"
    gallery = GalleryFactory(studio=studio)
    files = {"files": [SimpleUploadedFile("a.jpg", picture_of(["ann"]))]}
    answer = api.post(f"/api/v1/galleries/{gallery.pk}/images/", files, format="multipart")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "virus_scan_unavailable")
    assert not GalleryImage.objects.exists()


def test_an_upload_says_which_of_its_files_was_refused(scanner, api, studio):
    gallery = GalleryFactory(studio=studio)
    files = [SimpleUploadedFile("a.jpg", picture_of(["ann"])), SimpleUploadedFile("b.jpg", infected())]
    answer = api.post(f"/api/v1/galleries/{gallery.pk}/images/", {"files": files}, format="multipart").json()
    assert [row["filename"] for row in answer["accepted"]] == ["a.jpg"]
    assert [(row["filename"], row["code"]) for row in answer["rejected"]] == [("b.jpg", "infected_file")]
    assert "Eicar" in answer["rejected"][0]["message"]


@pytest.mark.usefixtures("fake_engine")
@pytest.mark.parametrize(
    ("path", "field"),
    [("/api/v1/faces/upload/", "file"), ("/api/v1/verify/", "image"), ("/detect-faces/", "image")],
)
def test_partners_pictures_are_shown_too(scanner, api, studio, path, field):
    api.post(path, {field: SimpleUploadedFile("b.jpg", infected())}, format="multipart")
    api.post("/api/v1/reference/", {"image": SimpleUploadedFile("b.jpg", infected()), "label": "x"}, format="multipart")
    assert any(EICAR in content for content in scanner.seen)


@pytest.mark.usefixtures("fake_engine")
def test_a_guest_s_selfie_is_shown_too(scanner, client, studio, english):
    session = SessionFactory(studio=studio, facepass_enabled=True)
    agree(client, session)
    answer = client.post(f"/s/{session.code}/", {"selfie": SimpleUploadedFile("b.jpg", infected())})
    assert answer.status_code == 422
    assert "Something is wrong with this file" in text(answer)


def test_a_studio_s_logo_is_shown_too(scanner, client, studio):
    client.force_login(MembershipFactory(studio=studio, role="owner").user)
    page = reverse("admin:facepass_studio_change", args=[studio.pk])
    client.post(page, {"name": studio.name, "slug": studio.slug, "logo": SimpleUploadedFile("l.jpg", infected())})
    studio.refresh_from_db()
    assert any(EICAR in content for content in scanner.seen)
    assert not studio.logo


@pytest.fixture
def clamd(settings):
    """clamd with one signature, which is written here: that of EICAR. Debian's package has the program."""
    if not (program := shutil.which("clamd")):
        pytest.skip("clamd is not installed")
    with tempfile.TemporaryDirectory(prefix="facepass-clamd-") as name:
        folder = Path(name)
        (folder / "own.ndb").write_text(f"Own.Eicar:0:*:{EICAR.hex()}\n")
        path = folder / "clamd.ctl"
        lines = [f"DatabaseDirectory {folder}", f"LocalSocket {path}", "Foreground yes", f"TemporaryDirectory {folder}"]
        (folder / "clamd.conf").write_text("\n".join([*lines, "MaxThreads 2", ""]))
        process = subprocess.Popen(
            [program, f"--config-file={folder / 'clamd.conf'}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not path.exists():
                assert process.poll() is None, "clamd ended"
                assert time.monotonic() < deadline
                time.sleep(0.05)
            settings.CLAMAV_URL = f"unix://{path}"
            yield
        finally:
            process.kill()
            process.wait()


def test_clamd_itself_finds_it_and_lets_pictures_pass(clamd):
    virus_scan.require_clean(io.BytesIO(picture_of(["ann"])))
    refusal = refusal_of(EICAR)
    assert refusal.code == "infected_file"
    assert refusal.details["virus"].startswith("Own.Eicar")
