"""Who may do what: one row for each path and method. `test_matrix.py` asks every one of them as everybody.

A row says which scope the call needs, and what it answers those who hold it: about their own studio's object (`own`),
and about another studio's (`other`). Who is unknown gets 401, who lacks the scope 403. A path without a row fails.

To add one: name the path as in the URL conf, with `{kind}` for each parameter, where `kind` is a key of `world()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from facepass.models import Scope, Studio
from galleries.tests.factories import ApiKeyFactory, GalleryFactory, PhotoFactory, SessionFactory
from recognition.tests.fake_pictures import picture_of
from sessions_app.models import WebhookEndpoint
from sessions_app.webhooks import outbox

READ, WRITE, SEARCH, ADMIN = Scope.READ, Scope.WRITE, Scope.SEARCH, Scope.ADMIN
World = dict[str, Any]


def world(studio: Studio) -> World:
    """One object of each kind that a path can name, in that studio."""
    session = SessionFactory(studio=studio)
    gallery = GalleryFactory(studio=studio, session_id=session.pk)
    webhook = WebhookEndpoint.objects.create(studio=studio, url="https://app.example.com/", events=["face.enrolled"])
    return {
        "webhook": webhook.pk,
        "delivery": outbox.test(webhook).pk,
        "session": session.pk,
        "gallery": gallery.pk,
        "photo": PhotoFactory(gallery=gallery).pk,
        "key": ApiKeyFactory(studio=studio, scopes=[ADMIN], last_used_at=timezone.now()).pk,
    }


@dataclass(frozen=True)
class Row:
    method: str
    path: str
    scope: Scope | None
    own: int = 200
    other: int | None = None
    """By default 404 where the path or the body names an object, else the same as `own`."""
    json: Any = None
    form: Callable[[World], dict[str, Any]] | None = None

    @property
    def elsewhere(self) -> int:
        return self.other or (404 if "{" in self.path else self.own)


def picture(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_of(["ann"], size=(800, 600)), content_type="image/jpeg")


ROWS = [
    # tokens
    Row("POST", "/api/v1/auth/token/", None, 401, json={"username": "nobody", "password": "wrong"}),
    Row("POST", "/api/v1/auth/refresh/", None, 401, json={"refresh": "wrong"}),
    # keys
    Row("GET", "/api/v1/admin/keys/", ADMIN),
    Row("POST", "/api/v1/admin/keys/", ADMIN, 201, json={"name": "app", "scopes": [ADMIN]}),
    Row("GET", "/api/v1/admin/keys/{key}/", ADMIN),
    Row("POST", "/api/v1/admin/keys/{key}/rotate/", ADMIN, 201),
    Row("POST", "/api/v1/admin/keys/{key}/revoke/", ADMIN),
    # photo sessions
    Row("GET", "/api/v1/sessions/", READ),
    Row("POST", "/api/v1/sessions/", WRITE, 201, json={"name": "Party"}),
    Row("GET", "/api/v1/sessions/{session}/", READ),
    Row("PATCH", "/api/v1/sessions/{session}/", WRITE, json={"name": "Party"}),
    Row("GET", "/api/v1/sessions/{session}/facepass-status/", READ),
    # A stranger's session is "not found" in the answer, as one that does not exist is.
    Row("GET", "/api/v1/sessions/validate/{session}/", READ, 200, 200),
    Row("POST", "/api/v1/sessions/validate/", READ, json={"ids": ["3fa85f64-5717-4562-b3fc-2c963f66afa6"]}),
    Row(
        "POST",
        "/api/v1/faces/search-session/",
        SEARCH,
        200,
        404,
        form=lambda its: {"session_id": its["session"], "file": picture("selfie.jpg")},
    ),
    # webhooks
    Row("GET", "/api/v1/webhooks/", ADMIN),
    Row("POST", "/api/v1/webhooks/", ADMIN, 201, json={"url": "https://app.example.com/", "events": ["face.enrolled"]}),
    Row("GET", "/api/v1/webhooks/{webhook}/", ADMIN),
    Row("PATCH", "/api/v1/webhooks/{webhook}/", ADMIN, json={"enabled": False}),
    Row("DELETE", "/api/v1/webhooks/{webhook}/", ADMIN, 204),
    Row("POST", "/api/v1/webhooks/{webhook}/rotate-secret/", ADMIN),
    Row("POST", "/api/v1/webhooks/{webhook}/test/", ADMIN, 202),
    Row("GET", "/api/v1/webhooks/{webhook}/deliveries/", ADMIN),
    Row("GET", "/api/v1/webhooks/deliveries/{delivery}/", ADMIN),
    Row("POST", "/api/v1/webhooks/deliveries/{delivery}/replay/", ADMIN, 202),
    # galleries and photos
    Row("GET", "/api/v1/galleries/", READ),
    Row("POST", "/api/v1/galleries/", WRITE, 201, json={"title": "Party"}),
    Row("GET", "/api/v1/galleries/{gallery}/", READ),
    Row("PATCH", "/api/v1/galleries/{gallery}/", WRITE, json={"title": "Party"}),
    Row("DELETE", "/api/v1/galleries/{gallery}/", WRITE, 204),
    Row("GET", "/api/v1/galleries/{gallery}/images/", READ),
    Row("POST", "/api/v1/galleries/{gallery}/images/", WRITE, 202, form=lambda _its: {"files": picture("a.jpg")}),
    Row("GET", "/api/v1/galleries/{gallery}/progress/", READ),
    Row("GET", "/api/v1/images/{photo}/", READ),
    Row("DELETE", "/api/v1/images/{photo}/", WRITE, 204),
    # the document itself
    Row("GET", "/openapi.json", None),
    Row("GET", "/docs/", None),
    Row("GET", "/redoc/", None),
]

# Pages and files that are no views of the API: open to all, or with rules and tests of their own.
PAGES = {
    "/",
    "/health/",
    "/health/ready/",
    "/api/v1/health/",
    "/language/",
    "/s/",
    "/s/{}/",
    "/api/v1/sessions/{}/interface/",
    "/photos/{}/{}",
}
