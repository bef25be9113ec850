"""A file that leaves FacePass has a name and a type that agree with what it holds, whatever it was called before."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facepass.testing.factories import FaceFactory, GalleryFactory, PersonFactory, PhotoFactory
from facepass.testing.pages.staff import address
from facepass.testing.pictures.fake import picture_of
from galleries.models import GalleryImage, PersonLink
from galleries.people import private_links
from galleries.photos import media_files
from recognition.pictures import formats
from recognition.pictures.file_names import agreeing_name


@pytest.mark.parametrize(
    ("name", "stored", "given"),
    [
        ("IMG_7777.HEIC", "a/original.jpg", "IMG_7777.jpg"),
        ("IMG_1.JPG", "a/original.jpg", "IMG_1.JPG"),
        ("IMG_1.jfif", "a/original.jpg", "IMG_1.jfif"),
        ("IMG_1.jpg_large", "a/original.jpg", "IMG_1.jpg"),
        ("IMG_1.jpg", "a/preview-marked-0123.jpg", "IMG_1.jpg"),
        ("IMG_1.png", "a/preview.jpg", "IMG_1.jpg"),
        ("IMG_1.HIF", "a/original.heic", "IMG_1.HIF"),
        ("IMG_1.jpg", "a/original.heic", "IMG_1.heic"),
        ("IMG_1.NEF", "a/original.jpg", "IMG_1.jpg"),
        ("without ending", "a/original.png", "without ending.png"),
        ("party at 5.30 pm", "a/original.png", "party at 5.30 pm.png"),
        (".jpg", "a/original.webp", "photo.webp"),
        ("../up/IMG_1.png", "a/original.jpg", "IMG_1.jpg"),
        ("é" * 300, "a/original.jpg", "é" * 251 + ".jpg"),
    ],
)
def test_the_ending_is_that_of_what_the_file_holds(name, stored, given):
    assert agreeing_name(name, stored=stored) == given


def kind_of(data: bytes) -> formats.Format:
    found = formats.detect_format(data)
    assert isinstance(found, formats.Format)
    return found


def assert_agrees(name: str, data: bytes) -> None:
    assert name.lower().endswith(kind_of(data).endings), name


def content(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def assert_archive_agrees(answer, *, holds: int) -> None:
    archive = zipfile.ZipFile(io.BytesIO(content(answer)))
    names = [name for name in archive.namelist() if not name.endswith(".xmp")]
    assert len(names) == holds
    for name in names:
        assert_agrees(name, archive.read(name))


@pytest.fixture
def photos(studio):
    """Files whose names are those of other formats; Ann is in each."""
    gallery, ann = GalleryFactory(studio=studio), PersonFactory(studio=studio)
    names = [("IMG_7777.HEIC", "jpeg"), ("b.jpg", "png"), ("c.PNG", "webp"), ("d", "jpeg"), ("e.jpeg", "jpeg")]
    photos = [
        PhotoFactory(
            gallery=gallery, original_name=name, data=picture_of([], seed=number, format=to), state="processed"
        )
        for number, (name, to) in enumerate(names)
    ]
    for photo in photos:
        FaceFactory(photo=photo, person=ann, verified=True, face_category="known")
    return photos


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["&download", ""])
def test_a_signed_address_names_what_it_gives(client, photos, query):
    for photo in photos:
        answer = client.get(media_files.signed_path(photo, "original") + query)
        data = content(answer)
        assert answer["Content-Type"] == kind_of(data).mime
        disposition = answer["Content-Disposition"]
        assert disposition.startswith("attachment" if query else "inline")
        assert_agrees(disposition.partition('filename="')[2].rstrip('"'), data)


@pytest.mark.django_db
def test_every_archive_of_staff_names_what_it_holds(staff, photos):
    gallery, person = photos[0].gallery, photos[0].faces.get().person
    number = len(photos)
    chosen = {"photos": ",".join(str(photo.pk) for photo in photos)}
    assert_archive_agrees(staff.post(address(gallery, "download"), chosen), holds=number)
    assert_archive_agrees(staff.get(address(person, "zip")), holds=number)
    link = PersonLink.objects.create(person=person, expires_at=timezone.now() + timedelta(days=1))
    assert_archive_agrees(Client().post(private_links.build_url(link)), holds=number)
    copies = reverse("admin:galleries_facecluster_copies", args=[gallery.pk])
    assert_archive_agrees(staff.get(copies), holds=number)
    assert GalleryImage.objects.get(pk=photos[0].pk).original_name == "IMG_7777.HEIC", "what it was called is kept"
