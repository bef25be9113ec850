"""A member in a browser: adds an app and a passkey, and signs in with the passkey, on a desk and on a tablet."""

import pytest
from django.urls import reverse
from django.utils import translation

from facepass.models import Passkey
from facepass.testing.factories import PASSWORD, MembershipFactory
from facepass.testing.pages.browser import in_thread, until
from facepass.testing.pages.photo_pages import shoot
from facepass.testing.stand_ins.second_factors import give_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def anna():
    return MembershipFactory(user__username="anna").user


def give_authenticator(page):
    """Have the browser act as a laptop that knows its owner's finger. WebAuthn's virtual authenticator."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def is_as_wide_as_its_content(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("language", "width"), [("en", 1366), ("ru", 820)])
def test_a_passkey_is_added_in_the_browser_and_signs_in(new_page, server, anna, language, width):
    page = new_page(viewport={"width": width, "height": 900}, locale=language)
    devtools, authenticator = give_authenticator(page)
    with translation.override(language):
        signed_in_at = translation.gettext("Signed in at")
    page.goto(server.address + reverse("admin:login"))
    page.locator("form[data-passkey]").wait_for()
    shoot(page, f"login-{language}")
    page.fill("[name=username]", "anna")
    page.fill("[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.wait_for_url(f"**{reverse('admin:index')}")
    page.goto(server.address + reverse("admin:account"))
    shoot(page, f"account-{language}")
    page.fill("form[data-passkey] [name=name]", "Laptop")
    page.click("form[data-passkey] button[type=submit]")
    page.locator("[data-recovery-codes] li").nth(9).wait_for()
    shoot(page, f"codes-{language}")
    until(lambda: list(Passkey.objects.values_list("name", flat=True)), ["Laptop"])
    page.goto(server.address + reverse("admin:account_app"))
    shoot(page, f"app-{language}")
    assert is_as_wide_as_its_content(page)

    page.context.clear_cookies()
    page.goto(f"{server.address}{reverse('admin:login')}?next={reverse('admin:account')}")
    page.click("form[data-passkey] button[type=submit]")
    page.get_by_text(signed_in_at).wait_for()
    page.get_by_text("Laptop").first.wait_for()
    assert is_as_wide_as_its_content(page)
    shoot(page, f"account-with-passkey-{language}")

    in_thread(give_app, anna)
    page.context.clear_cookies()
    page.goto(server.address + reverse("admin:login"))
    page.fill("[name=username]", "anna")
    page.fill("[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.wait_for_url(f"**{reverse('admin:login_second_step')}")
    shoot(page, f"second-step-{language}")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.click("form[data-passkey] button[type=submit]")
    page.locator("[data-error]:not([hidden])").wait_for()
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    page.click("form[data-passkey] button[type=submit]")
    page.wait_for_url(f"**{reverse('admin:index')}")
