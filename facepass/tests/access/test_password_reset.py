"""A new password for who forgot theirs: asked for on the page to sign in, sent by e-mail, used once."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from django_q.models import OrmQ

from facepass.console import password_reset
from facepass.testing.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

ADDRESS, NEW = "anna@example.com", "a much better horse"


@pytest.fixture(autouse=True)
def _mail_server(settings):
    settings.EMAIL_HOST = "mail.example.com"


@pytest.fixture
def anna():
    return UserFactory(username="anna", email=ADDRESS)


def ask(client, address=ADDRESS):
    return client.post(reverse("admin:password_reset"), {"email": address})


def work_off():
    """Do what a worker does with the queue. Return the addresses of the links in the e-mails."""
    for call in OrmQ.objects.all():
        assert call.task["func"] == password_reset.TASK
        password_reset.send_links(*call.task["args"])
        call.delete()
    return [re.search(r"http\S+/reset/\S+", message.body)[0] for message in mail.outbox]


def choose(client, link, password=NEW):
    page = client.get(link, follow=True)
    body = {"new_password1": password, "new_password2": password}
    return page, client.post(page.request["PATH_INFO"], body, follow=True)


def test_the_page_to_sign_in_leads_to_a_link_by_mail_that_works_once(client, anna, settings):
    settings.PUBLIC_URL = "https://photos.example.com"
    assert reverse("admin:password_reset") in client.get(reverse("admin:login")).content.decode()
    assert ask(client, ADDRESS.upper()).status_code == 302
    (link,) = work_off()
    assert link.startswith("https://photos.example.com/admin/reset/")
    assert (mail.outbox[0].to, mail.outbox[0].subject) == ([ADDRESS], "A new password for FacePass")
    assert "Your username: anna" in mail.outbox[0].body
    page, changed = choose(client, link.removeprefix("https://photos.example.com"))
    assert 'value="anna"' in page.content.decode()
    assert "Your password is changed" in changed.content.decode()
    assert client.login(username="anna", password=NEW)
    again = client.get(link.removeprefix("https://photos.example.com")).content.decode()
    assert "This link is no longer valid" in again
    assert "new_password1" not in again


def test_a_weak_password_is_refused_and_the_link_stays(client, anna):
    ask(client)
    path = "/admin" + work_off()[0].partition("/admin")[2]
    assert "too common" in choose(client, path, "password")[1].content.decode()
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)
    assert "Your password is changed" in choose(client, path)[1].content.decode()


def test_the_answer_is_the_same_whether_somebody_has_the_address_or_not(client, anna, django_assert_num_queries):
    UserFactory(username="gone", email="gone@example.com", is_active=False)
    answers = []
    for address in (ADDRESS, "nobody@example.com", "gone@example.com"):
        with django_assert_num_queries(2):  # who has it, and the call to the worker
            answer = ask(client, address)
        answers.append((answer.status_code, answer["Location"], client.get(answer["Location"]).status_code))
    assert set(answers) == {(302, reverse("admin:password_reset_done"), 200)}
    assert OrmQ.objects.count() == 3
    work_off()
    assert [message.to for message in mail.outbox] == [[ADDRESS]]


def test_the_mail_is_in_the_members_language_else_in_that_of_the_page(client, anna):
    ask(client)
    client.post(reverse("set-language"), {"language": "ru", "next": "/"})
    ask(client)
    type(anna).objects.update(language="en")
    ask(client)
    assert [call.task["args"][1] for call in OrmQ.objects.order_by("pk")] == ["en", "ru", "ru"]
    work_off()
    type(anna).objects.update(language="")
    password_reset.send_links([str(anna.pk)], "ru")
    assert [message.subject for message in mail.outbox] == ["A new password for FacePass"] * 3 + [
        "Новый пароль для FacePass"
    ]
    assert "Ваше имя пользователя: anna" in mail.outbox[-1].body


def test_asking_is_limited_by_the_clients_address(client, settings):
    settings.RATE_LIMITS = {"login": (10, 2)}
    answers = [ask(client, f"{name}@example.com") for name in "abc"]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert answers[-1]["Retry-After"]


def test_nobody_is_sent_many_links_and_the_answer_does_not_tell(client, anna, settings):
    settings.RATE_LIMITS = {"password_mail": (0.05, 3)}
    assert {ask(client).status_code for _try in range(5)} == {302}
    assert len(work_off()) == 3


def test_what_the_mail_server_does_not_take_is_logged_without_the_address(anna, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    password_reset.send_links([str(anna.pk)], "en")
    assert f"user {anna.pk} was not sent" in caplog.text
    assert ADDRESS not in caplog.text


@pytest.mark.parametrize("name", ["password_reset", "password_reset_done", "password_reset_complete"])
def test_without_a_mail_server_there_is_no_such_page(name, client, settings):
    assert client.get(reverse(f"admin:{name}")).status_code == 200
    settings.EMAIL_HOST = ""
    assert client.get(reverse(f"admin:{name}")).status_code == 404
    assert "Forgot your password?" not in client.get(reverse("admin:login")).content.decode()


def test_without_a_mail_server_no_link_works(client, anna, settings):
    link = password_reset.build_url(anna)
    settings.EMAIL_HOST = ""
    assert client.get("/admin" + link.partition("/admin")[2]).status_code == 404
