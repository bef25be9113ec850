"""What staff are told: on the first page of the admin, and by e-mail to those who want it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from facepass.core import notices
from facepass.models import NoticeKind, Role, StaffNotice, User
from facepass.testing.factories import GalleryFactory, MembershipFactory, StudioFactory, UserFactory

pytestmark = pytest.mark.django_db

HOST = {"host": "app.example.com"}


@pytest.fixture
def owner(studio):
    return MembershipFactory(studio=studio).user


@pytest.fixture
def gallery(studio):
    return GalleryFactory(studio=studio, title="Summer\r\nparty")


def gallery_done(gallery, photos=3):
    about = {"studio_id": gallery.studio_id, "subject": gallery.pk}
    notices.notify_staff(NoticeKind.GALLERY_DONE, **about, title=gallery.title, photos=photos)


def webhook_disabled(studio):
    notices.notify_staff(NoticeKind.WEBHOOK_DISABLED, studio_id=studio.pk, subject=uuid4(), **HOST)


def an_hour_passes():
    User.objects.update(notices_mailed_at=timezone.now() - timedelta(minutes=61))


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_first_page_tells_news_with_a_link(gallery, owner, fake_engine):
    gallery_done(gallery)
    page = client_of(owner).get("/admin/").content.decode()
    assert "The gallery “Summer party” is done. Photos: 3." in page
    assert f"/admin/galleries/gallery/{gallery.pk}/change/" in page


def test_a_stranger_and_a_role_that_could_do_nothing_about_it_read_nothing(gallery, studio, fake_engine):
    gallery_done(gallery)
    webhook_disabled(studio)
    told = {
        role: [notice.kind for notice in notices.list_notices_for(MembershipFactory(studio=studio, role=role).user)]
        for role in (Role.MANAGER, Role.PHOTOGRAPHER, Role.VIEWER)
    }
    assert told == {
        Role.MANAGER: ["webhook.disabled", "gallery.done"],
        Role.PHOTOGRAPHER: ["gallery.done"],
        Role.VIEWER: [],
    }
    assert list(notices.list_notices_for(MembershipFactory().user)) == []
    assert len(notices.list_notices_for(UserFactory(is_superuser=True))) == 2


def test_old_news_are_neither_shown_nor_kept(gallery, owner):
    gallery_done(gallery)
    StaffNotice.objects.update(happened_at=timezone.now() - timedelta(days=15))
    assert list(notices.list_notices_for(owner)) == []
    StaffNotice.objects.update(happened_at=timezone.now() - timedelta(days=31))
    notices.delete_old_notices()
    assert not StaffNotice.objects.exists()


def test_every_kind_has_its_sentence_its_page_and_its_readers(studio):
    data = {"title": "a", "photos": 1, "code": "b", "people": 1, "faces": 1, "day": "2026-12-01", "files": 1, **HOST}
    for kind in NoticeKind:
        notice = StaffNotice(studio=studio, kind=kind, subject=str(uuid4()), data=data)
        assert "%" not in notices.notice_text(notice)
        assert notices.notice_url(notice).startswith("/admin/")
        assert kind in notices.REQUIRED_SCOPES


def test_all_that_is_new_comes_in_one_mail(gallery, studio, owner, settings):
    settings.PUBLIC_URL = "https://photos.example.com"
    gallery_done(gallery)
    webhook_disabled(studio)
    notices.send_notice_mails()
    [message] = mail.outbox
    assert (message.to, message.subject) == ([owner.email], "FacePass: 2 notices")
    assert "The gallery “Summer party” is done. Photos: 3." in message.body
    assert f"https://photos.example.com/admin/galleries/gallery/{gallery.pk}/change/" in message.body


def test_a_member_gets_at_most_one_mail_an_hour_and_nothing_twice(gallery, studio, owner):
    gallery_done(gallery)
    notices.send_notice_mails()
    webhook_disabled(studio)
    notices.send_notice_mails()
    assert len(mail.outbox) == 1
    an_hour_passes()
    notices.send_notice_mails()
    assert len(mail.outbox) == 2
    assert "webhook" in mail.outbox[1].body
    assert "gallery" not in mail.outbox[1].body.partition("You get this")[0].replace("/admin/galleries", "")
    an_hour_passes()
    notices.send_notice_mails()
    assert len(mail.outbox) == 2


@pytest.mark.django_db(transaction=True)
def test_of_workers_who_come_at_once_one_sends():
    membership = MembershipFactory()
    gallery_done(GalleryFactory(studio=membership.studio))

    def work(_number):
        notices.send_notice_mails()
        connection.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    assert len(mail.outbox) == 1


def test_a_member_reads_in_the_language_chosen_on_the_site(gallery, owner):
    client_of(owner).post("/language/", {"language": "ru", "next": "/admin/"})
    gallery_done(gallery)
    notices.send_notice_mails()
    assert mail.outbox[0].subject == "FacePass: 1 новость"
    assert "Галерея «Summer party» готова. Фотографий: 3." in mail.outbox[0].body


def test_who_wants_no_mail_gets_none_until_it_is_wanted_again(gallery, owner, fake_engine):
    client = client_of(owner)
    assert "Stop e-mails" in client.get("/admin/").content.decode()
    client.post("/admin/mail/")
    gallery_done(gallery)
    notices.send_notice_mails()
    assert mail.outbox == []
    assert "Send me news by e-mail" in client.get("/admin/").content.decode()
    client.post("/admin/mail/", {"wanted": "yes"})
    notices.send_notice_mails()
    assert len(mail.outbox) == 1


def test_the_choice_is_staffs_own_and_made_by_a_form_of_ours(owner):
    assert client_of(owner).get("/admin/mail/").status_code == 405
    assert Client().post("/admin/mail/").status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    assert strict.post("/admin/mail/").status_code == 403
    owner.refresh_from_db()
    assert owner.wants_mail


@pytest.mark.parametrize("fields", [{"email": ""}, {"is_active": False}, {"is_staff": False}])
def test_who_can_not_be_reached_or_may_not_sign_in_gets_no_mail(gallery, owner, fields):
    User.objects.filter(pk=owner.pk).update(**fields)
    gallery_done(gallery)
    notices.send_notice_mails()
    assert mail.outbox == []


def test_what_the_mail_server_did_not_take_comes_an_hour_later(gallery, owner, settings, caplog):
    gallery_done(gallery)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    notices.send_notice_mails()
    assert "were not sent: ConnectionRefusedError" in caplog.text
    assert owner.email not in caplog.text
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    notices.send_notice_mails()
    assert mail.outbox == []
    an_hour_passes()
    notices.send_notice_mails()
    assert len(mail.outbox) == 1


def test_the_same_again_is_no_news_but_something_else_is(gallery, owner):
    gallery_done(gallery)
    notices.send_notice_mails()
    an_hour_passes()
    gallery_done(gallery)
    notices.send_notice_mails()
    assert len(mail.outbox) == 1
    gallery_done(gallery, photos=4)
    notices.send_notice_mails()
    assert "Photos: 4." in mail.outbox[1].body
    StaffNotice.objects.update(happened_at=timezone.now() - notices.REPEAT_AFTER)
    gallery_done(gallery, photos=4)
    an_hour_passes()
    notices.send_notice_mails()
    assert len(mail.outbox) == 3
    assert StaffNotice.objects.count() == 1


def test_a_day_later_it_is_not_worth_a_mail(gallery, owner):
    gallery_done(gallery)
    StaffNotice.objects.update(happened_at=timezone.now() - notices.MAIL_MAX_AGE)
    notices.send_notice_mails()
    assert mail.outbox == []


def test_members_of_another_studio_get_no_mail(gallery):
    MembershipFactory(studio=StudioFactory())
    gallery_done(gallery)
    notices.send_notice_mails()
    assert mail.outbox == []


def test_where_there_are_no_news_the_chore_asks_little(owner, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        notices.send_notice_mails()
