"""What a photo's file is served as: by its content, under a safe name, to whoever may read, and not without end."""

import io
import re
import zipfile
from email.message import Message
from urllib.parse import unquote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from facepass.core.file_names import safe_folder, safe_name
from facepass.models import Scope
from facepass.testing.factories import GalleryFactory, MembershipFactory, PhotoFactory, StudioFactory
from galleries.models import GalleryImage
from galleries.photos import archives, media_files
from recognition.pictures import formats
from recognition.pictures.file_names import agreeing_name

pytestmark = pytest.mark.django_db

NAMES = [
    "photo.html", "photo.svg", "photo.jpg.html", "photo.html.jpg", "photo.xhtml", "photo.js", "photo.pdf", "photo",
    ".htaccess", "photo\u202egpj.exe", "photo\u200f.jpg", "a\r\nContent-Type: text/html\r\n\r\n<script>.jpg",
    "../../etc/passwd.jpg", "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\photo.jpg", "con.jpg", "aux", "COM1.png",
    'photo".html; filename="x.html', "photo%2f..%2fx.html", "photo\x00.html", "photo\ufeff.svg", "...", "   ",
    "<img src=x onerror=alert(1)>.jpg", "photo.jpg;.html", "photo.jpg ", "photo.jpg.", "p" * 300 + ".html", "фото.SVG",
    "photo.shtml", "=cmd|calc!A1.jpg", "photo\u2028.html", "\ud800.jpg".encode("utf-8", "replace").decode(),
]  # fmt: skip
CONTENTS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "HTML": None, "SVG": None}


def bytes_of(kind):
    if kind == "HTML":
        return b"<!doctype html><script>alert(1)</script>"
    if kind == "SVG":
        return b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, kind)
    return out.getvalue()


def filename_of(response):
    message = Message()
    message["content-disposition"] = response["Content-Disposition"]
    return unquote(message.get_filename())


def is_safe(name):
    return (
        name == name.strip(" .")
        and not re.search(r'[/\\:*?"<>|\x00-\x1f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff%;]', name)
        and 0 < len(name) <= 255
    )


@pytest.fixture
def photo(studio):
    return PhotoFactory(gallery=GalleryFactory(studio=studio))


@pytest.fixture
def staff(client, studio):
    client.force_login(MembershipFactory(studio=studio).user)
    return client


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("stored_as", ["original.jpg", "original.html", "original.svg", "original"])
def test_the_content_says_what_it_is_and_never_a_name(staff, photo, kind, stored_as):
    """Files under other names than their content's come from other programs that write the table."""
    name = default_storage.save(f"photos/{photo.gallery_id}/{photo.pk}/{stored_as}", ContentFile(bytes_of(kind)))
    GalleryImage.objects.filter(pk=photo.pk).update(file=name, original_name=f"x.{kind.lower()}")
    response = staff.get(f"/photos/{photo.pk}/original")
    assert response["Content-Type"] == (CONTENTS[kind] or "application/octet-stream")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    if CONTENTS[kind] is None:
        assert response["Content-Disposition"].startswith("attachment")
        assert filename_of(response).endswith(".bin")


@pytest.mark.parametrize("name", NAMES)
def test_whatever_the_uploader_called_it_the_name_is_safe_and_says_what_it_is(staff, photo, name):
    GalleryImage.objects.filter(pk=photo.pk).update(original_name=name.replace("\0", "")[:255])
    for query in ("", "?download"):
        response = staff.get(f"/photos/{photo.pk}/original{query}")
        assert response.status_code == 200
        assert "\r" not in response["Content-Disposition"]
        assert "\n" not in response["Content-Disposition"]
        told = filename_of(response)
        assert is_safe(told), told
        assert told.lower().endswith((".jpg", ".jpeg"))
        assert response["Content-Disposition"].startswith("attachment" if query else "inline")
    photo.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(b"".join(archives.build_originals_archive([photo])))) as archive:
        (packed,) = archive.namelist()
    assert is_safe(packed), packed
    assert packed.lower().endswith((".jpg", ".jpeg"))


@pytest.mark.parametrize("form", formats.ACCEPTED, ids=lambda form: form.name)
@pytest.mark.parametrize("name", NAMES)
def test_names_over_formats(form, name):
    told = agreeing_name(name, stored=form.extension)
    assert is_safe(told), told
    assert told.lower().endswith(form.endings)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("IMG_0001.JPG", "IMG_0001.JPG"),
        ("Kate & Tom, 24.05 (1).jpeg", "Kate & Tom, 24.05 (1).jpeg"),
        ("Kate & Tom, 24.05", "Kate & Tom, 24.05.jpg"),
        ("Свадьба №5.jpg", "Свадьба №5.jpg"),
        ("photo.jpg.html", "photo.jpg.html.jpg"),
        ("Anna’s “day” – №5 #2.jpg", "Anna’s “day” – №5 #2.jpg"),
        ("DSC.HEIC", "DSC.jpg"),
    ],
)
def test_an_ordinary_name_stays(name, told):
    assert agreeing_name(name, stored=".jpg") == told


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("Party/Ceremony", "Party/Ceremony"), ("../../x", "x"), ("..\\..\\x", "x"), ("/etc", "etc"),
        ("a/./b//c", "a/b/c"), ("a/ .. /b", "a/b"), ("con/x", "_con/x"), ("\u202ea", "a"), ("", "."), ("C:\\x", "C_/x"),
    ],
)  # fmt: skip
def test_folders_lead_nowhere_else(path, told):
    assert str(safe_folder(path)) == told


def test_a_name_of_nothing_but_dots_and_signs_is_another():
    assert {safe_name(name) for name in ("", "...", "///", "\u202e", "___")} == {"photo"}


@pytest.mark.parametrize("variant", ["original", "preview", "thumbnail"])
def test_a_key_reads_photos_with_the_scope_read_and_with_no_other(client, client_of, studio, photo, variant):
    path = f"/photos/{photo.pk}/{variant}"
    if variant != "original":
        default_storage.save(media_files.storage_name(photo, variant), ContentFile(bytes_of("JPEG")))
    for scope in Scope:
        answer = client_of(studio, scopes=[scope]).get(path)
        assert answer.status_code == (200 if scope == Scope.READ else 403), scope
    assert client_of(StudioFactory(), scopes=["read"]).get(path).status_code == 404
    assert client.get(path).status_code == 404
    assert client.get(media_files.signed_path(photo, variant)).status_code == 200


def test_a_face_s_picture_takes_the_same_scope(client_of, studio, photo):
    path = f"/photos/{photo.pk}/faces/{photo.pk}"
    assert client_of(studio, scopes=["search"]).get(path).status_code == 403
    assert client_of(studio, scopes=["read"]).get(path).status_code == 404


def test_originals_are_limited_for_keys_members_and_signed_links(client_of, photo, staff, settings):
    settings.RATE_LIMITS = {"media_original": (1, 2)}
    path, signed = f"/photos/{photo.pk}/original", media_files.signed_path(photo, "original")
    key = client_of(photo.gallery.studio, scopes=["read"])
    for who, where in ((key, path), (staff, path), (Client(), signed)):
        answers = [who.get(where) for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert int(answers[-1]["Retry-After"]) > 0


def test_a_key_fetches_no_pictures_without_end(client_of, studio, photo, settings):
    settings.RATE_LIMITS = {"media": (1, 2)}
    key = client_of(studio, scopes=["read"])
    assert [key.get(f"/photos/{photo.pk}/original").status_code for _ in range(3)] == [200, 200, 429]
