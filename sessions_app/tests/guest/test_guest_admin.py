"""The session's page in the admin: the rules for its guests, and the way to their page on paper."""

import io

import cv2
import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from facepass.models import Role
from facepass.testing.factories import PASSWORD, MembershipFactory, SessionFactory
from facepass.testing.pages.guests import address, with_rules
from sessions_app import table_cards
from sessions_app.models import GuestRules, Origin

pytestmark = pytest.mark.django_db


def signed_in(role=Role.PHOTOGRAPHER):
    member = MembershipFactory(role=role)
    browser = Client(headers={"Accept-Language": "en"})
    browser.login(username=member.user.username, password=PASSWORD)
    browser.studio = member.studio
    return browser


@pytest.fixture
def browser():
    return signed_in()


@pytest.fixture
def session(browser):
    return SessionFactory(studio=browser.studio, name="Праздник у озера")


def save(browser, session, **rules):
    path = reverse("admin:sessions_app_photosession_change", args=[session.pk])
    form = {
        "name": session.name, "description": "", "status": session.status, "code": session.code, "settings": "{}",
        "scheduled_at_0": "", "scheduled_at_1": "", "facepass_enabled": "on",
        "guest_rules-TOTAL_FORMS": 1, "guest_rules-INITIAL_FORMS": GuestRules.objects.filter(session=session).count(),
        "guest_rules-MIN_NUM_FORMS": 0, "guest_rules-MAX_NUM_FORMS": 1, "guest_rules-0-session": session.pk,
        **{f"guest_rules-0-{name}": value for name, value in {"downloads": "original", **rules}.items()},
    }  # fmt: skip
    return browser.post(path, form)


def rules_of(session):
    return GuestRules.objects.get(session=session)


def test_a_pin_is_set_kept_and_cleared(browser, session):
    assert save(browser, session, new_pin="2468").status_code == 302
    assert rules_of(session).is_pin("2468")
    assert not rules_of(session).is_pin("1")
    assert "2468" not in rules_of(session).pin
    assert save(browser, session, browsing="on").status_code == 302
    assert rules_of(session).is_pin("2468"), "an empty field leaves it as it is"
    assert rules_of(session).browsing
    assert save(browser, session, clear_pin="on").status_code == 302
    assert rules_of(session).pin == ""


def printed(session, monkeypatch):
    """The lines of the table card."""
    lines = []
    monkeypatch.setattr(table_cards, "_add_line", lambda _pdf, text, **_options: lines.append(text))
    table_cards.build_table_card(type(session).objects.select_related("studio", "guest_rules").get(pk=session.pk))
    return lines


def test_a_pin_is_printed_where_that_was_ticked_and_is_sealed_then(browser, session, monkeypatch):
    save(browser, session, new_pin="Rosé-2468", print_pin="on")
    rules = rules_of(session)
    assert rules.is_pin("rose-2468") is False
    assert rules.is_pin("rosé 2468")
    assert "PIN: Rosé-2468" in printed(session, monkeypatch)
    assert rules.printed_pin == "Rosé-2468"
    assert b"2468" not in rules.__dict__["printed_pin"], "what the database has"
    save(browser, session, print_pin="on", browsing="on")
    assert "PIN: Rosé-2468" in printed(session, monkeypatch), "kept"


@pytest.mark.parametrize("change", [{}, {"new_pin": "1357"}, {"clear_pin": "on", "print_pin": "on"}])
def test_it_is_printed_no_longer_where_it_is_unticked_changed_or_gone(browser, session, monkeypatch, change):
    save(browser, session, new_pin="2468", print_pin="on")
    save(browser, session, **change)
    assert not [line for line in printed(session, monkeypatch) if "PIN" in line]
    assert rules_of(session).printed_pin is None


def test_a_pin_of_which_there_is_a_hash_alone_has_to_be_entered_again_to_be_printed(browser, session, monkeypatch):
    save(browser, session, new_pin="2468")
    answer = save(browser, session, print_pin="on")
    assert answer.status_code == 200
    assert "Enter the PIN once more" in answer.content.decode()
    assert save(browser, session, new_pin="2468", print_pin="on").status_code == 302
    assert "PIN: 2468" in printed(session, monkeypatch)


@pytest.mark.parametrize("pin", ["123", "1-2-3", "1 2 3", "----"])
def test_a_pin_has_four_letters_or_digits_at_least(browser, session, pin):
    assert save(browser, session, new_pin=pin).status_code == 200
    assert not GuestRules.objects.exists()


def test_the_other_rules_are_set_too(browser, session):
    assert save(browser, session, expires_at_0="2030-01-02", expires_at_1="03:04", challenge="on", downloads="none")
    rules = rules_of(session)
    assert (rules.expires_at.year, rules.challenge, rules.downloads) == (2030, True, "none")
    assert Client().get(address(session)).status_code == 200


def test_a_viewer_sees_the_rules_and_changes_nothing(session):
    viewer = signed_in(Role.VIEWER)
    own = SessionFactory(studio=viewer.studio)
    with_rules(own, watermark="proof")
    assert "proof" in viewer.get(reverse("admin:sessions_app_photosession_change", args=[own.pk])).content.decode()
    assert save(viewer, own, new_pin="2468").status_code == 403
    assert rules_of(own).pin == ""


def test_a_session_of_pixora_has_rules_of_ours_and_keeps_its_own_fields(browser, session):
    session.origin = Origin.PIXORA
    session.save()
    response = save(browser, session, new_pin="2468")
    assert response.status_code == 302
    assert rules_of(session).is_pin("2468")
    path = reverse("admin:sessions_app_photosession_change", args=[session.pk])
    assert 'name="name"' not in browser.get(path).content.decode()
    browser.post(reverse("admin:sessions_app_photosession_delete", args=[session.pk]), {"post": "yes"})
    assert type(session).objects.filter(pk=session.pk).exists(), "only its galleries and guests are deleted here"


def paper(browser, session, name):
    return browser.get(reverse("admin:guest-paper", args=[session.pk, name]))


def read_code(png):
    """What the code says, held nearer and further as one does with a phone: in one size 1 code in 300 is not read."""
    with Image.open(io.BytesIO(png)) as opened:
        grey = np.array(opened.convert("L"))
    sizes = (cv2.resize(grey, None, fx=size, fy=size, interpolation=cv2.INTER_AREA) for size in (1, 0.5, 0.75, 1.5))
    return next((found for size in sizes if (found := cv2.QRCodeDetector().detectAndDecode(size)[0])), "")


def test_the_code_leads_to_the_guest_page(browser, session, settings):
    settings.PUBLIC_URL = "https://photos.example.com"
    response = paper(browser, session, "qr.png")
    assert response["Content-Type"] == "image/png"
    assert read_code(response.content) == f"https://photos.example.com/s/{session.code}/"
    drawing = paper(browser, session, "qr.svg")
    assert drawing["Content-Type"] == "image/svg+xml"
    assert b"<svg" in drawing.content


def test_the_card_is_one_page_of_a6_with_cyrillic_and_a_logo(browser, session):
    out = io.BytesIO()
    Image.new("RGBA", (300, 80), "#336699").save(out, "PNG")
    session.studio.logo.save("logo.png", ContentFile(out.getvalue()))
    response = paper(browser, session, "card.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert response.content.startswith(b"%PDF-")
    assert response.content.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 297.64 419.53]" in response.content
    assert len(response.content) < 200_000


def test_a_long_name_keeps_the_card_on_one_page(session):
    session.name = "A very long name of a celebration that nobody would print on one line " * 2
    assert table_cards.build_table_card(session).count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("name", ["qr.png", "card.pdf"])
def test_papers_of_other_studios_are_a_404(browser, name):
    assert paper(browser, SessionFactory(), name).status_code == 404
    assert paper(Client(), SessionFactory(), name).status_code == 302


def test_there_are_three_papers_and_no_other(browser, session):
    page = browser.get(reverse("admin:sessions_app_photosession_change", args=[session.pk])).content.decode()
    for name in ("qr.svg", "qr.png", "card.pdf"):
        assert reverse("admin:guest-paper", args=[session.pk, name]) in page
    assert paper(browser, session, "qr.gif").status_code == 404
