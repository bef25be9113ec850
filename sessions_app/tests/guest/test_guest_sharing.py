"""Links: to some photos for others, and to all of them for the guest on another device."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from facepass.testing.pages.visitors import addresses, device, ids, search, shown, text
from sessions_app.guest.domain import links
from sessions_app.models import GuestRules, ReturnLink, ShareLink
from sessions_app.models.guest import GUEST_LIFETIME

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def share(client, session, *photos, **fields):
    return client.post(f"/s/{session.code}/photos/share/", {"photo": ids(*photos), **fields}, follow=True)


def link_of(response):
    return re.search(r'value="http://[^/"]+(/shared/[^"]+)"', text(response))[1]


def test_a_shared_link_shows_just_the_chosen_photos_to_anyone(ann, session, photos):
    link = link_of(share(ann, session, photos[0], photos[1]))
    page = Client().get(link)
    assert page.status_code == 200
    assert re.findall(r'<li data-photo="([^"]+)"', text(page)) == ids(photos[0])
    for variant in ("thumbnail", "preview", "original"):
        response = Client().get(addresses(page, variant)[0])
        assert b"".join(response).startswith(b"\xff\xd8")


def test_it_tells_nothing_of_the_guest(ann, session, photos):
    ann.post(f"/s/{session.code}/photos/favourite/", {"photo": ids(photos[0])})
    page = text(Client().get(link_of(share(ann, session, photos[0]))))
    assert str(ann.guest.pk) not in page
    assert 'aria-pressed="true"' not in page
    assert 'data-focus="50 40"' in page
    assert "noindex" in page


def test_its_addresses_open_no_other_photo_and_none_of_the_guests(ann, session, photos):
    address = addresses(Client().get(link_of(share(ann, session, photos[0]))), "preview")[0]
    path, query = address.split("?")
    assert Client().get(f"{path.replace(str(photos[0].pk), str(photos[2].pk))}?{query}").status_code == 404
    found = re.sub(r"/shared/[^/]+", f"/found/{ann.guest.pk}", path)
    assert ann.get(f"{found}?{query}").status_code == 404


def test_all_its_photos_come_as_a_zip(ann, session, photos):
    response = Client().post(link_of(share(ann, session, *photos)))
    assert len(zipfile.ZipFile(io.BytesIO(b"".join(response))).namelist()) == 2


def test_it_is_over_after_its_days_and_with_the_session(ann, session, photos):
    link = link_of(share(ann, session, photos[0], days="1"))
    row = ShareLink.objects.get()
    assert timedelta(hours=23) < row.expires_at - timezone.now() <= timedelta(days=1)
    address = addresses(Client().get(link), "preview")[0]
    ShareLink.objects.update(expires_at=timezone.now())
    assert "no longer valid" in text(Client().get(link))
    assert Client().get(link).status_code == Client().get(address).status_code == 404
    GuestRules.objects.create(session=session, expires_at=timezone.now() + timedelta(hours=2))
    share(ann, session, photos[0], days="30")
    assert ShareLink.objects.first().expires_at <= timezone.now() + timedelta(hours=2)


def test_it_can_be_taken_back_by_its_guest_alone(ann, session, photos):
    response = share(ann, session, photos[0])
    link, row = link_of(response), ShareLink.objects.get()
    bob = device(session)
    bob.post(f"/s/{session.code}/shares/", {"revoke": str(row.pk)})
    assert Client().get(link).status_code == 200
    ann.post(f"/s/{session.code}/shares/", {"revoke": str(row.pk)})
    assert Client().get(link).status_code == 404
    assert "None yet" in text(ann.get(f"/s/{session.code}/shares/"))


def test_what_the_guest_refuses_leaves_the_link_too(ann, session, photos):
    link = link_of(share(ann, session, photos[0], photos[2]))
    ann.post(f"/s/{session.code}/photos/refuse/", {"photo": ids(photos[0])})
    assert re.findall(r'<li data-photo="([^"]+)"', text(Client().get(link))) == ids(photos[2])


def test_nothing_chosen_is_nothing_shared(ann, session, photos):
    assert "Tick some photos first" in text(share(ann, session, photos[1]))
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("token", ["x", "x.y", "0" * 32 + ".abc"])
def test_a_link_that_was_not_made_here_opens_nothing(client, db, token):
    for path in ("shared", "my", "news", "hidden"):
        assert client.get(f"/{path}/{token}/").status_code == 404


def test_a_link_made_for_one_purpose_serves_no_other(ann, session):
    token = links.sign_id("alert", ann.guest.pk)
    assert Client().get(f"/shared/{token}/").status_code == 404
    assert Client().get(f"/hidden/{token}/").status_code == 404


def test_links_cost_few_queries(ann, session, photos, django_assert_num_queries):
    for _ in range(3):
        share(ann, session, photos[0], photos[2])
    with django_assert_num_queries(4):  # session, guest, links, their photos
        ann.get(f"/s/{session.code}/shares/")
    token = links.sign_id("share", ShareLink.objects.first().pk)
    with django_assert_num_queries(2):  # link, photos
        Client().get(f"/shared/{token}/")


def private_link(client, session):
    page = text(client.post(f"/s/{session.code}/link/"))
    return re.search(r'value="http://[^/"]+(/my/[^"]+)"', page)[1]


def test_a_private_link_opens_the_photos_on_another_device(ann, session, photos):
    link = private_link(ann, session)
    phone = Client()
    assert phone.get(link)["Location"] == f"/s/{session.code}/photos/"
    assert shown(phone, session) == shown(ann, session)
    page = phone.get(f"/s/{session.code}/photos/")
    assert phone.get(addresses(page, "preview")[0]).status_code == 200


def test_only_a_digest_of_it_is_stored_and_it_is_shown_once(ann, session):
    token = private_link(ann, session).split("/")[2]
    row = ReturnLink.objects.get()
    assert token not in str(vars(row))
    assert token not in text(ann.get(f"/s/{session.code}/link/"))


def test_it_ends_with_time_and_with_the_guest(ann, session):
    link = private_link(ann, session)
    ReturnLink.objects.update(created_at=timezone.now() - GUEST_LIFETIME)
    assert Client().get(link).status_code == 404
    link = private_link(ann, session)
    ann.guest.withdrawn_at = timezone.now()
    ann.guest.save()
    assert Client().get(link).status_code == 404


def test_a_shared_page_has_no_inline_script_or_style(ann, session, photos):
    page = text(Client().get(link_of(share(ann, session, photos[0]))))
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]+src=)", page)


def test_search_page_and_links_are_not_the_same_guest(session, photos):
    first, second = device(session), device(session)
    search(first, session, ["ann"])
    assert shown(second, session) == []
