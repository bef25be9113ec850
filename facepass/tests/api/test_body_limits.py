"""Every URL, asked by nobody, a guest, a member of staff and keys: how large a body it takes from each."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver

from facepass.core.errors import FacePassError
from facepass.core.requests import body_gate
from facepass.models import ApiKey, Role, Scope
from facepass.testing.factories import MembershipFactory, SessionFactory
from facepass.testing.pages.guests import agree

SMALL = body_gate.SMALL_BYTES
MULTIPART = "multipart/form-data; boundary=x"
# Where files go in, and how many bytes then: `photos` for many photos, `selfie` for one picture in memory.
TAKES_FILES = {
    "api/v1/galleries/<pk>/images/": "photos",
    "api/v1/compare/": "selfie",
    "api/v1/faces/upload/": "photos",
    "api/v1/faces/search/": "selfie",
    "api/v1/faces/search-session/": "selfie",
    "api/v1/liveness/": "selfie",
    "api/v1/reference/": "selfie",
    "api/v1/verify/": "selfie",
    "api/v2/recognize/batch/": "selfie",
    "batch-recognize/": "selfie",
    "detect-faces/": "selfie",
    "recognize-face/": "selfie",
}
GUEST_PAGES = {
    "s/<code>/",
    "s/<code>/alerts/",
    "s/<code>/friend/",
    "s/<code>/give/",
    "s/<code>/leave-out/",
    "s/<code>/look/",
    "api/v1/sessions/<pk>/interface/",
}


def all_paths():
    """Return every route as (name, path), with a value for each of its parameters."""
    found = {}

    def walk(patterns, name, path):
        for pattern in patterns:
            text, parameters = pattern.pattern, getattr(pattern.pattern, "converters", {})
            route = getattr(text, "_route", None)
            if route is None:  # a regular expression, of the admin's last one
                continue
            named = filled = route
            for parameter, converter in parameters.items():
                written = next(part for part in route.split("<")[1:] if part.split(">")[0].endswith(parameter))
                mark = f"<{written.split('>')[0]}>"
                value = {"UUIDConverter": str(uuid4()), "IntConverter": "1", "VariantConverter": "preview"}
                named = named.replace(mark, f"<{parameter}>")
                filled = filled.replace(mark, value.get(type(converter).__name__, "abcd2345"))
            if isinstance(pattern, URLPattern):
                found[name + named] = path + filled
            else:
                walk(pattern.url_patterns, name + named, path + filled)

    walk(get_resolver().url_patterns, "", "/")
    return found


PATHS = all_paths()


def allowed(path, *, cookies=None, token=""):
    """Return how many bytes may be kept, or the code of the refusal."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = RequestFactory(headers=headers).post(path, data=b"", content_type=MULTIPART)
    request.COOKIES.update(cookies or {})
    try:
        return body_gate._decide(request).kept
    except FacePassError as refusal:
        return refusal.code


def kind_of(name):
    """Routers write a format as well; what a path takes does not depend on it."""
    return TAKES_FILES.get(name)


def test_the_walk_has_every_kind_of_path():
    assert set(TAKES_FILES) | GUEST_PAGES <= set(PATHS)
    assert len(PATHS) > 150


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(PATHS))
def test_nobody_sends_a_large_body_anywhere(name):
    kept = allowed(PATHS[name])
    assert kept in ({"not_authenticated"} if kind_of(name) else {SMALL})


@pytest.mark.django_db
def test_a_key_sends_files_where_files_are_taken_and_five_megabytes_elsewhere(studio):
    _row, token = _key(studio, list(Scope.values))
    limits = {"photos": body_gate.photos_limit(), "selfie": body_gate.selfie_limit()}
    for name, path in PATHS.items():
        if name in GUEST_PAGES or (name.startswith("admin/") and name != "admin/mail/"):
            expected = SMALL
        else:
            expected = limits.get(kind_of(name), settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        assert allowed(path, token=token) == expected, name


@pytest.mark.django_db
def test_a_key_without_the_scope_sends_no_file(studio):
    _row, token = _key(studio, [Scope.READ])
    for name in TAKES_FILES:
        if allowed(PATHS[name], token=token) != "permission_denied":
            assert name == "detect-faces/" or kind_of(name) == "selfie", name
    assert allowed(PATHS["api/v1/galleries/<pk>/images/"], token=token) == "permission_denied"
    assert allowed(PATHS["api/v1/faces/upload/"], token=token) == "permission_denied"


@pytest.mark.django_db
def test_credentials_that_do_not_hold_are_refused_before_the_body():
    from rest_framework.exceptions import AuthenticationFailed

    for token in ("fp_unknown", "not.a.token"):
        with pytest.raises(AuthenticationFailed):
            allowed(PATHS["api/v1/galleries/<pk>/images/"], token=token)


@pytest.mark.django_db
def test_staff_send_files_to_the_admin_s_pages(client, studio):
    member = MembershipFactory(studio=studio, role=Role.OWNER).user
    client.force_login(member)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    for name, path in PATHS.items():
        if name.startswith("admin/") and name != "admin/mail/":
            assert allowed(path, cookies=cookies) == body_gate.photos_limit(), name
    assert allowed(PATHS["language/"], cookies=cookies) == settings.DATA_UPLOAD_MAX_MEMORY_SIZE


@pytest.mark.django_db
def test_a_guest_who_agreed_sends_a_selfie_to_their_session_and_nowhere_else(client, studio):
    session, other = (SessionFactory(studio=studio, facepass_enabled=True) for _number in range(2))
    agree(client, session)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    for page in ("", "look/", "friend/"):
        assert allowed(f"/s/{session.code}/{page}", cookies=cookies) == body_gate.SELFIE_BYTES
        assert allowed(f"/s/{other.code}/{page}", cookies=cookies) == SMALL
    for name, path in PATHS.items():
        if name not in GUEST_PAGES:
            assert allowed(path, cookies=cookies) in (SMALL, "not_authenticated"), name


def _key(studio, scopes):
    return ApiKey.issue(studio, name="k", scopes=scopes)
