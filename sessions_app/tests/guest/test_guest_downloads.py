"""Photos on their way to a guest: who may fetch them, with which watermark, and many of them as a ZIP."""

import io
import re
import zipfile
from datetime import timedelta

import cv2
import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from facepass.testing.factories import UserFactory
from facepass.testing.pages.visitors import addresses, device, ids, search, text
from galleries import views
from galleries.models import GalleryImage
from galleries.photos import media_files
from galleries.photos.rotation import turning
from recognition.pictures import formats
from sessions_app.guest.domain import photo_tiles
from sessions_app.guest.views import downloads
from sessions_app.guest_data import files
from sessions_app.models import GuestRules, PhotoSession

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def rules(session):
    def make(**fields):
        return GuestRules.objects.update_or_create(session=session, defaults=fields)[0]

    return make


def page(client, session):
    return client.get(f"/s/{session.code}/photos/")


def body(response):
    return b"".join(response)


@pytest.mark.parametrize("variant", ["thumbnail", "preview", "original"])
def test_a_guest_fetches_what_was_found(ann, session, variant):
    for address in addresses(page(ann, session), variant):
        response = ann.get(address)
        assert response.status_code == 200
        assert body(response).startswith(b"\xff\xd8")


def test_the_download_has_the_photos_own_name(ann, session, photos):
    address = addresses(page(ann, session), "original")[0]
    assert address.endswith("&download")
    assert photos[2].original_name in ann.get(address)["Content-Disposition"]


def test_another_device_with_the_same_address_gets_nothing(ann, session, photos):
    address = addresses(page(ann, session), "preview")[0]
    assert Client().get(address).status_code == 404
    bob = device(session)
    search(bob, session, ["bob"])
    assert bob.get(address).status_code == 404, "although the photo was found for that guest too"


def test_an_address_is_good_for_its_own_photo_variant_and_guest(ann, session, photos):
    address = addresses(page(ann, session), "preview")[0]
    path, query = address.split("?")
    assert ann.get(path).status_code == 404
    assert ann.get(f"{path.replace('preview', 'original')}?{query}").status_code == 404
    assert ann.get(f"{path.replace(str(photos[2].pk), str(photos[0].pk))}?{query}").status_code == 404
    assert ann.get(f"{path}?{query.replace('ends=', 'ends=9')}").status_code == 404
    assert ann.get(f"{path}?ends=soon&signature=x").status_code == 404
    bob = device(session)
    search(bob, session, ["bob"])
    assert bob.get(f"{path.replace(str(ann.guest.pk), str(bob.guest.pk))}?{query}").status_code == 404


def test_an_address_ends_within_the_hour_and_is_the_same_for_a_while(ann, session, monkeypatch):
    start = (timezone.now().timestamp() // photo_tiles.SPAN_SECONDS) * photo_tiles.SPAN_SECONDS
    now = [start + 1]
    monkeypatch.setattr(photo_tiles.time, "time", lambda: now[0])
    first = addresses(page(ann, session), "preview")
    now[0] += 1700
    assert addresses(page(ann, session), "preview") == first
    assert ann.get(first[0]).status_code == 200
    now[0] = start + 2 * photo_tiles.SPAN_SECONDS
    assert ann.get(first[0]).status_code == 404


def test_what_was_refused_or_closed_or_withdrawn_is_gone_at_once(ann, session, photos, rules):
    both, alone = addresses(page(ann, session), "preview")
    ann.guest.found.filter(photo=photos[0]).update(refused_at=timezone.now())
    assert ann.get(alone).status_code == 404
    rules(expires_at=timezone.now())
    assert ann.get(both).status_code == 404
    rules(expires_at=timezone.now() + timedelta(days=1))
    assert ann.get(both).status_code == 200
    session.facepass_enabled = False
    session.save()
    assert ann.get(both).status_code == 404
    session.facepass_enabled = True
    session.save()
    ann.guest.withdrawn_at = timezone.now()
    ann.guest.save()
    assert ann.get(both).status_code == 404


def test_where_guests_may_look_around_all_photos_are_open_and_marked(ann, session, photos, rules):
    address = photo_tiles.sign_address("guest", ann.guest.pk, photos[1], "preview")
    assert ann.get(address).status_code == 404
    rules(browsing=True)
    plain = body(ann.get(address))
    assert Client().get(address).status_code == 404
    rules(browsing=True, watermark="Proof")
    assert body(ann.get(address)) != plain
    shown = text(ann.get(f"/s/{session.code}/browse/"))
    assert f"/found/{ann.guest.pk}/{photos[1].pk}/preview?" in shown
    assert 'href="/photos/' not in shown


def test_a_picture_costs_one_query(ann, session, django_assert_num_queries):
    address = addresses(page(ann, session), "thumbnail")[0]
    with django_assert_num_queries(1):
        ann.get(address)


def test_the_watermark_is_on_what_is_seen_and_is_made_once(ann, session, photos, rules, monkeypatch):
    plain = body(ann.get(addresses(page(ann, session), "preview")[0]))
    rules(watermark="Студия Ёлка")
    address = addresses(page(ann, session), "preview")[0]
    marked = body(ann.get(address))
    changed = np.abs(picture(marked).astype(int) - picture(plain)).max(axis=2) > 20
    assert 0.01 < changed.mean() < 0.3
    monkeypatch.setattr(files.watermark, "mark_jpeg", None)  # from now on the copy has to do
    assert body(ann.get(address)) == marked
    rules(watermark="Студия Ёлка", downloads="original")
    assert body(ann.get(addresses(page(ann, session), "original")[0])) == original(photos[2]), "originals are as taken"


def test_another_watermark_is_another_copy_and_all_go_with_the_photo(
    ann, session, photos, rules, django_capture_on_commit_callbacks
):
    bodies = []
    for words in ("One", "Two"):
        rules(watermark=words)
        bodies.append(body(ann.get(addresses(page(ann, session), "thumbnail")[0])))
    assert bodies[0] != bodies[1]
    folder = f"photos/{photos[2].gallery_id}/{photos[2].pk}"
    assert len(default_storage.listdir(folder)[1]) == 5
    with django_capture_on_commit_callbacks(execute=True):
        photos[2].delete()
    assert default_storage.listdir(folder)[1] == []


def picture(data):
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def test_a_photo_that_was_turned_is_so_on_the_page_and_in_every_file(ann, session, photos, rules):
    rules(watermark="Studio")
    before = addresses(page(ann, session), "preview")
    turning.turn_photo(photos[2], 90, by=UserFactory(is_superuser=True))
    shown = page(ann, session)
    assert 'width="600" height="800"' in text(shown)
    for variant in ("thumbnail", "preview"):
        turned = [body(ann.get(each)) for each in addresses(shown, variant) if "turned=90" in each]
        assert {picture(data).shape[0] > picture(data).shape[1] for data in turned} == {True}
    assert [each for each in addresses(shown, "preview") if each in before], "the others stay"
    with opened(zipped(ann, session, photos[2])) as archive:
        turned = picture(archive.read(archive.namelist()[0]))
    assert turned.shape[:2] == (800, 600)


def original(photo):
    with default_storage.open(media_files.storage_name(photo, "original")) as file:
        return file.read()


def test_where_only_copies_may_be_taken_the_original_is_not_there(ann, session, rules):
    address = addresses(page(ann, session), "original")[0]
    rules(downloads="preview")
    assert ann.get(address).status_code == 404
    assert not addresses(page(ann, session), "original")
    downloaded = [address for address in addresses(page(ann, session), "preview") if address.endswith("&download")]
    assert ann.get(downloaded[0])["Content-Disposition"].startswith("attachment")


KINDS = {"original": formats.JPEG, "preview": formats.JPEG, "webp": formats.WEBP}


@pytest.mark.parametrize("allowed", KINDS)
def test_what_is_taken_has_a_name_and_a_type_that_agree(ann, session, photos, rules, allowed):
    """One by one, as a ZIP, and by a shared link; the photos were called HEIC when they came."""
    GalleryImage.objects.update(original_name="IMG_7777.HEIC")
    rules(downloads=allowed, watermark="(c) Studio")
    expected = KINDS[allowed]
    link = share_link(ann, session, photos[0])
    for client, found in ((ann, page(ann, session)), (Client(), Client().get(link))):
        variant = "original" if allowed == "original" else "preview"
        ways = [address for address in addresses(found, variant) if address.endswith("&download")]
        answer = client.get(ways[0])
        assert answer["Content-Type"] == expected.mime
        assert answer["Content-Disposition"].endswith(f'"IMG_7777{expected.extension}"')
        assert formats.detect_format(body(answer)) is expected
    for answer in (zipped(ann, session, photos[0]), Client().post(link)):
        archive = opened(answer)
        assert archive.namelist() == [f"IMG_7777{expected.extension}"]
        assert formats.detect_format(archive.read(archive.namelist()[0])) is expected


def test_a_webp_copy_goes_with_its_photo(ann, session, photos, rules):
    rules(downloads="webp")
    opened(zipped(ann, session, photos[0]))
    names = [name for name in media_files.storage_names(photos[0]) if name.endswith(".webp")]
    assert [default_storage.exists(name) for name in names] == [True]


def share_link(client, session, *photos):
    answer = client.post(f"/s/{session.code}/photos/share/", {"photo": ids(*photos)}, follow=True)
    return re.findall(r'value="http://[^/"]+(/shared/[^"]+)"', text(answer))[0]


def test_where_nothing_may_be_taken_no_download_is_offered(ann, session, rules):
    rules(downloads="none")
    shown = text(page(ann, session))
    assert "Download all" not in shown
    assert "&download" not in shown
    assert zipped(ann, session, all="1").status_code == 404


def zipped(client, session, *photos, **fields):
    return client.post(f"/s/{session.code}/photos/zip/", {"photo": ids(*photos), **fields})


def opened(response):
    return zipfile.ZipFile(io.BytesIO(body(response)))


def test_the_chosen_photos_come_as_a_zip_stored_as_they_are(ann, session, photos, rules):
    rules(downloads="original")
    response = zipped(ann, session, photos[0])
    assert response["Content-Type"] == "application/zip"
    assert 'filename="summer-party.zip"' in response["Content-Disposition"]
    data = body(response)
    assert len(data) == int(response["Content-Length"])
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert archive.namelist() == [photos[0].original_name]
    assert archive.read(photos[0].original_name) == original(photos[0])
    assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED


def test_all_photos_are_those_that_the_page_shows(ann, session, photos):
    assert len(opened(zipped(ann, session, all="1")).namelist()) == 2
    ann.post(f"/s/{session.code}/photos/favourite/", {"photo": ids(photos[2])})
    assert opened(zipped(ann, session, all="1", show="favourites")).namelist() == [photos[2].original_name]


def test_photos_of_others_are_in_no_zip(ann, session, photos):
    assert opened(zipped(ann, session, photos[1], photos[0])).namelist() == [photos[0].original_name]


def test_photos_of_one_name_are_numbered(ann, session, photos):
    for photo in photos:
        photo.original_name = "../IMG_1.JPG"
        photo.save()
    assert opened(zipped(ann, session, all="1")).namelist() == ["IMG_1.JPG", "IMG_1-2.JPG"]


def test_copies_in_a_zip_bear_the_watermark(ann, session, photos, rules):
    rules(downloads="preview", watermark="Proof")
    archive = opened(zipped(ann, session, photos[0]))
    with default_storage.open(media_files.watermarked_name(photos[0], "preview", text="Proof")) as file:
        assert archive.read(archive.namelist()[0]) == file.read()


def test_without_a_choice_there_is_no_zip(ann, session):
    assert "choose=1" in zipped(ann, session)["Location"]


@pytest.mark.asyncio
async def test_a_zip_is_sent_piece_by_piece_with_one_file_open(monkeypatch):
    """Ten files of 8 MB: no piece is larger than a chunk, and nothing is read before it is asked for."""
    size, open_now, most = 8_000_000, 0, 0

    class Slow(io.BytesIO):
        def __enter__(self):
            nonlocal open_now, most
            open_now += 1
            most = max(most, open_now)
            return self

        def __exit__(self, *_):
            nonlocal open_now
            open_now -= 1
            self.close()

    monkeypatch.setattr(default_storage, "open", lambda name: Slow(bytes(size)), raising=False)
    photos = [views.GalleryImage(original_name=f"{n}.jpg", byte_size=size, file=f"{n}.jpg") for n in range(10)]
    session = PhotoSession(name="Party")
    session.guest_rules = GuestRules(session=session, downloads="original")
    response = downloads.zip_response(photos, session)
    assert most == 0
    sent = 0
    async for piece in response:
        assert len(piece) <= views.CHUNK
        sent += len(piece)
    assert sent == int(response["Content-Length"]) > 10 * size
    assert most == 1


def test_tiles_name_both_sizes_and_their_blur(ann, session, photos):
    shown = text(page(ann, session))
    assert re.search(r'srcset="/found/\S+/thumbnail\?\S+ 360w, /found/\S+/preview\?\S+ 800w"', shown)
    assert len(re.search(r'data-blur="([^"]+)"', shown)[1]) == 64
