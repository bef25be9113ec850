"""A studio's look on its guests' pages: readable in any colour, served safely, changed by its owners and managers."""

import io
import itertools
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from facepass.models import Role
from facepass.testing.factories import PASSWORD, MembershipFactory, SessionFactory, StudioFactory
from facepass.testing.pages.guests import address, text, with_rules
from sessions_app.guest.domain import branding

pytestmark = pytest.mark.django_db

LEVELS = ("00", "40", "80", "c0", "ff")
COLOURS = ["#" + "".join(levels) for levels in itertools.product(LEVELS, repeat=3)]
# static/facepass/base.css: ground and surface.
GROUNDS = {"light": ("#f6f6f2", "#ffffff"), "dark": ("#101312", "#1a1f1d")}


def picture(kind="PNG", size=(1200, 300), **options):
    out = io.BytesIO()
    Image.new("RGB", size, "#336699").save(out, kind, **options)
    return out.getvalue()


def themes(css):
    light, dark = css.split("@media")
    return {name: dict(re.findall(r"--([\w-]+):(#\w{6})", part)) for name, part in (("light", light), ("dark", dark))}


@pytest.mark.parametrize("colour", COLOURS)
def test_buttons_and_links_can_be_read_in_every_colour(colour):
    for theme, values in themes(branding.build_stylesheet(colour)).items():
        rgb = {name: branding._rgb(value) for name, value in values.items()}
        for shade in ("accent", "accent-strong"):
            assert branding.contrast_ratio(rgb["on-accent"], rgb[shade]) >= 4.5, (theme, shade)
            for ground in GROUNDS[theme]:
                assert branding.contrast_ratio(rgb[shade], branding._rgb(ground)) >= 4.5, (theme, shade, ground)


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert themes(branding.build_stylesheet("#0f6b5f"))["light"]["accent"] == "#0f6b5f"


def test_contrast_is_that_of_wcag():
    assert branding.contrast_ratio(branding.BLACK, branding.WHITE) == pytest.approx(21)
    assert branding.contrast_ratio(branding._rgb("#767676"), branding.WHITE) == pytest.approx(4.54, abs=0.01)


def test_the_page_bears_the_studio_s_colour_by_a_file_of_its_own(client):
    session = SessionFactory(studio__colour="#c2185b", studio__name="Atelier Nord")
    page = text(client.get(address(session)))
    link = re.search(r'href="(/s/\w+/brand.css\?v=\w+)"', page)[1]
    response = client.get(link)
    assert response["Content-Type"] == "text/css"
    assert "immutable" in response["Cache-Control"]
    assert "--accent:#c2185b" in response.content.decode()
    assert "Atelier Nord" in page
    assert "<style" not in page


def test_without_a_colour_there_is_no_such_file(client):
    session = SessionFactory()
    assert "brand.css" not in text(client.get(address(session)))
    assert client.get(address(session, "brand.css")).status_code == 404
    assert client.get(address(session, "logo")).status_code == 404


CONTACT = "studio@example.com"


@pytest.fixture
def studio():
    logo = ContentFile(picture(), name="logo.png")
    return StudioFactory(name="Atelier Nord", colour="#c2185b", contact=CONTACT, logo=logo)


@pytest.mark.parametrize("closed", ["switched off", "expired"])
def test_a_session_that_is_closed_says_whose_it_is_and_how_to_reach_them(client, studio, closed):
    session = SessionFactory(studio=studio, facepass_enabled=closed != "switched off")
    with_rules(session, expires_at=timezone.now() if closed == "expired" else None)
    page = text(client.get(address(session)))
    assert 'alt="Atelier Nord"' in page
    assert f'<a href="mailto:{CONTACT}">{CONTACT}</a>' in page
    assert 'href="/"' not in page
    for kind in ("brand.css", "logo"):
        shown = re.search(rf'"(/s/\w+/{kind}\?v=\w+)"', page)[1]
        assert client.get(shown).status_code == 200


@pytest.mark.parametrize("path", ["/s/nosuchco/", "/shared/nosuchtoken/", "/my/nosuchtoken/"])
def test_a_link_to_nothing_names_no_studio_and_leads_to_no_page_for_staff(client, studio, path):
    SessionFactory(studio=studio)
    response = client.get(path)
    page = text(response)
    assert response.status_code == 404
    assert "Atelier Nord" not in page
    assert CONTACT not in page
    assert 'href="/"' not in page


def test_an_unknown_code_can_be_typed_again(client, db):
    page = text(client.get("/s/nosuchco/"))
    assert f'action="{reverse("guest-code")}"' in page
    assert 'name="code"' in page


def test_before_the_pin_and_on_the_page_itself_the_studio_can_be_asked(client, studio):
    session = SessionFactory(studio=studio)
    assert f"mailto:{CONTACT}" in text(client.get(address(session)))
    with_rules(session, pin="2468")
    assert f"mailto:{CONTACT}" in text(client.get(address(session)))


@pytest.mark.parametrize(
    ("contact", "href"),
    [
        ("ann@example.com", "mailto:ann@example.com"),
        ("+7 (912) 345-67-89", "tel:+79123456789"),
        ("https://example.com/ann", "https://example.com/ann"),
        ("javascript:alert(1)", ""),
        ("ann@example.com?body=x", ""),
        ("Ann, at the bar", ""),
        ("", ""),
    ],
)
def test_a_contact_is_a_link_where_it_can_be_one(contact, href):
    session = SessionFactory.build(studio__contact=contact)
    assert branding.Brand.for_session(session).contact_address == href


def test_the_logo_is_shown_also_before_the_pin(client):
    studio = StudioFactory(logo=ContentFile(picture(), name="logo.png"))
    session = SessionFactory(studio=studio)
    with_rules(session, pin="2468")
    page = text(client.get(address(session)))
    response = client.get(re.search(r'src="(/s/\w+/logo\?v=\w+)" alt="Studio', page)[1])
    assert response["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_page_can_be_installed_under_the_session_s_name(client):
    session = SessionFactory(name="Anna & Pjotr")
    told = client.get(address(session, "manifest.webmanifest")).json()
    assert told["name"] == "Anna & Pjotr"
    assert told["start_url"] == address(session)
    assert {(icon["sizes"], icon["purpose"]) for icon in told["icons"]} == {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in told["icons"]:
        with Image.open(io.BytesIO(b"".join(client.get(icon["src"])))) as drawn:
            assert f"{drawn.width}x{drawn.height}" == icon["sizes"]


# the studio's form in the admin


@pytest.fixture
def manager():
    member = MembershipFactory(role=Role.MANAGER)
    browser = Client()
    browser.login(username=member.user.username, password=PASSWORD)
    browser.studio = member.studio
    return browser


def save(browser, **fields):
    studio = browser.studio
    known = {"name": studio.name, "slug": studio.slug, "main_app_id": "", "colour": ""}
    path = reverse("admin:facepass_studio_change", args=[studio.pk])
    response = browser.post(path, {**known, **fields})
    studio.refresh_from_db()
    return response


def test_a_logo_is_drawn_anew_as_png_without_what_came_with_it(manager):
    sent = picture("JPEG", comment=b"secret place")
    assert save(manager, logo=SimpleUploadedFile("x.jpg", sent), colour="#C2185B").status_code == 302
    with default_storage.open(manager.studio.logo.name) as file:
        kept = file.read()
    assert kept.startswith(b"\x89PNG")
    assert b"secret place" not in kept
    with Image.open(io.BytesIO(kept)) as drawn:
        assert drawn.size == (800, 200)
    assert manager.studio.colour == "#C2185B"


@pytest.mark.parametrize("sent", [b"<svg onload='alert(1)'/>", picture("GIF"), picture("TIFF"), b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_png_jpeg_or_webp_is_no_logo(manager, sent):
    response = save(manager, logo=SimpleUploadedFile("logo.png", sent))
    assert response.status_code == 200
    assert not manager.studio.logo


def test_a_manager_writes_down_the_contact(manager):
    assert save(manager, contact=CONTACT).status_code == 302
    assert manager.studio.contact == CONTACT


def test_a_new_logo_takes_the_old_one_s_place(manager, django_capture_on_commit_callbacks):
    for size in ((40, 40), (60, 60)):
        before = manager.studio.logo.name
        with django_capture_on_commit_callbacks(execute=True):
            save(manager, logo=SimpleUploadedFile("x.png", picture(size=size)))
    assert before
    assert not default_storage.exists(before)
    assert default_storage.exists(manager.studio.logo.name)


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "#12345g", "red;}*{"])
def test_a_colour_is_six_hexadecimal_digits(manager, colour):
    assert save(manager, colour=colour).status_code == 200
    assert manager.studio.colour == ""


def test_a_photographer_does_not_change_the_studio(db):
    member = MembershipFactory(role=Role.PHOTOGRAPHER)
    browser = Client()
    browser.login(username=member.user.username, password=PASSWORD)
    browser.studio = member.studio
    assert save(browser, colour="#c2185b").status_code == 403
