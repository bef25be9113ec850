"""Confirmed names inside of copies and in sidecars, read back as other programs read them."""

import io
import xml.etree.ElementTree as ET
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from facepass.testing.factories import FaceFactory, PersonFactory, PhotoFactory, StudioFactory
from facepass.testing.pages.staff import member
from galleries.exports import name_tags

NAMES = ["Ann Ä", "Борис"]
PERSON = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}PersonInImage"
ITEM = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"


def picture(form, **options):
    """A picture with an orientation, as cameras write it."""
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.effect_noise((64, 48), 50).convert("RGB").save(file, form, exif=exif, **options)
    return file.getvalue()


def persons(packet):
    return [item.text for item in ET.fromstring(packet).find(f".//{PERSON}").iter(ITEM)]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_copy_has_the_names_and_the_same_pixels_and_tags(form):
    original = picture(form)
    copy = name_tags.embed_names(original, NAMES)
    with Image.open(io.BytesIO(original)) as before, Image.open(io.BytesIO(copy)) as after:
        assert after.tobytes() == before.tobytes()
        assert after.getexif()[0x0112] == 6
        packet = after.info["xmp"] if "xmp" in after.info else after.info["XML:com.adobe.xmp"]
    assert persons(packet) == NAMES == name_tags.read_names(copy)


def test_names_that_a_file_has_stay_and_nobody_is_named_twice():
    once = name_tags.embed_names(picture("JPEG"), ["Zoe", "Ann Ä"])
    assert name_tags.read_names(name_tags.embed_names(once, NAMES)) == ["Zoe", "Ann Ä", "Борис"]


@pytest.mark.parametrize("file", [b"", b"no picture", picture("GIF")], ids=["empty", "text", "GIF"])
def test_what_takes_no_names_is_none(file):
    assert name_tags.embed_names(file, NAMES) is None


def test_a_sidecar_is_an_xmp_packet():
    packet = name_tags.build_sidecar(['<&"', *NAMES])
    assert packet.startswith(b"<?xpacket begin=")
    assert persons(packet) == ['<&"', *NAMES]


pages = pytest.mark.django_db


def path(key, name):
    return reverse(f"admin:galleries_facecluster_{name}", args=[key])


def archive_of(answer):
    return zipfile.ZipFile(io.BytesIO(b"".join(answer)))


@pytest.fixture
def named(gallery):
    """Ann is confirmed in two photos of one name and in a HEIC; Bob is only proposed."""
    ann, bob = (PersonFactory(studio=gallery.studio, real_name=name) for name in ("Ann", "Bob"))
    data = picture("JPEG")
    names = [("IMG_1.jpg", "../card"), ("IMG_1.jpg", "card"), ("IMG_2.heic", ""), ("IMG_3.jpg", "")]
    for number, (name, folder) in enumerate(names):
        form = b"\0\0\0\x18ftypheic" if name.endswith("heic") else data
        photo = PhotoFactory(gallery=gallery, original_name=name, folder=folder, data=form, sha256=f"{number:064}")
        FaceFactory(
            photo=photo, person=bob if name == "IMG_3.jpg" else ann, verified=name != "IMG_3.jpg", face_category="known"
        )
        FaceFactory(photo=photo, person=bob, verified=False, face_category="known")
    return gallery


@pages
def test_sidecars_lie_where_the_photos_lay_and_have_confirmed_names_only(staff, named):
    archive = archive_of(staff.get(path(named.pk, "sidecars")))
    assert sorted(archive.namelist()) == ["IMG_2.xmp", "card/IMG_1-2.xmp", "card/IMG_1.xmp"]
    assert {tuple(persons(archive.read(name))) for name in archive.namelist()} == {("Ann",)}


@pages
def test_copies_have_them_inside_and_heic_a_sidecar(staff, named):
    answer = staff.get(path(named.pk, "copies"))
    assert answer["Content-Disposition"].endswith('-names.zip"')
    archive = archive_of(answer)
    assert sorted(archive.namelist()) == ["IMG_2.heic", "IMG_2.xmp", "card/IMG_1-2.jpg", "card/IMG_1.jpg"]
    assert name_tags.read_names(archive.read("card/IMG_1.jpg")) == ["Ann"]
    assert archive.read("IMG_2.heic") == b"\0\0\0\x18ftypheic"


@pages
@pytest.mark.parametrize("name", ["sidecars", "copies"])
def test_a_stranger_has_neither(name, named):
    assert member(StudioFactory()).get(path(named.pk, name)).status_code == 404
    assert Client().get(path(named.pk, name)).status_code == 302
