"""Who may do what: one row for each path and method. `test_matrix.py` asks each of them as everybody.

A row says which scope the call needs, and what it answers those who hold it: about their own studio's object (`own`),
and about another studio's (`other`). Who is unknown gets 401, who lacks the scope 403. A path without a row fails.

To add one: name the path as in the URL conf, with `{kind}` for each parameter, where `kind` is a key of `world()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from facepass.core.trash import entries
from facepass.models import Role, Scope, Studio
from facepass.testing.factories import (
    ApiKeyFactory,
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    ModelVersionFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
    descriptor,
)
from facepass.testing.pictures.fake import picture_of
from galleries.faces import decisions
from galleries.matching import liveness
from galleries.models import Job, LivenessChallenge, Reference
from sessions_app.models import Guest, WebhookEndpoint
from sessions_app.webhooks import outbox
from training.models import FaceTrainingSession

READ, WRITE, SEARCH, ADMIN, INSTALLATION = Scope.READ, Scope.WRITE, Scope.SEARCH, Scope.ADMIN, Scope.INSTALLATION
World = dict[str, Any]
# Who may write, but not delete people: that is the managers', and a key needs `admin` for it too.
NO_MANAGERS = frozenset({Role.PHOTOGRAPHER, f"key:{WRITE}"})


def world(studio: Studio) -> World:
    """One object of each kind that a path can name, in that studio."""
    session = SessionFactory(studio=studio)
    gallery = GalleryFactory(studio=studio, session_id=session.pk)
    key = ApiKeyFactory(studio=studio, scopes=[ADMIN], last_used_at=timezone.now())
    group, other = (ClusterFactory(studio=studio, session_id=session.pk) for _group in range(2))
    face, *_faces = [FaceFactory(photo__gallery=gallery, cluster=home) for home in (group, group, other)]
    webhook = WebhookEndpoint.objects.create(studio=studio, url="https://app.example.com/", events=["face.enrolled"])
    return {
        "webhook": webhook.pk,
        "delivery": outbox.send_test_event(webhook).pk,
        "session": session.pk,
        "guest": Guest.objects.create(session=session, language="en").pk,
        "gallery": gallery.pk,
        "photo": PhotoFactory(gallery=gallery).pk,
        "person": PersonFactory(studio=studio).pk,
        "namesake": PersonFactory(studio=studio).pk,
        "enrolment": PhotoFactory(gallery=gallery, subject=PersonFactory(studio=studio)).pk,
        "face": face.pk,
        "group": group.pk,
        "other": other.pk,
        "decision": decisions.keep_apart(group, other, by=key).pk,
        "reference": reference(studio).pk,
        "challenge": challenge(studio).pk,
        "task": Job.objects.create(studio=studio, kind="regenerate_unknown_descriptors").pk,
        "training": FaceTrainingSession.objects.create(studio=studio).pk,
        "key": key.pk,
        "trash": entries.move_to_trash("photo", [PhotoFactory(gallery=gallery)], by=None)[0].pk,
    }


@dataclass(frozen=True)
class Row:
    method: str
    path: str
    scope: Scope | None
    own: int = 200
    other: int | None = None
    """By default 404 where the path or the body names an object, else the same as `own`."""
    refused: frozenset[str] = frozenset()
    """Roles and keys, by their names in `test_matrix.py`, that may not, although they have the scope."""
    json: Any = None
    """The body, or a function of the world that makes it."""
    form: Callable[[World], dict[str, Any]] | None = None

    @property
    def elsewhere(self) -> int:
        return self.other or (404 if "{" in self.path else self.own)


def reference(studio: Studio) -> Reference:
    kept: Reference = Reference.objects.create(
        studio=studio, model_version=ModelVersionFactory(), descriptor=descriptor(1), quality={}
    )
    return kept


def challenge(studio: Studio) -> LivenessChallenge:
    """Return one that does not run out while everybody is asked."""
    asked = liveness.create_challenge(studio)
    asked.expires_at = timezone.now() + timedelta(days=1)
    asked.save()
    return asked


def picture(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_of(["ann"], size=(800, 600)), content_type="image/jpeg")


ROWS = [
    # tokens
    Row("POST", "/api/v1/auth/token/", None, 401, json={"username": "nobody", "password": "wrong"}),
    Row("POST", "/api/v1/auth/refresh/", None, 401, json={"refresh": "wrong"}),
    Row("POST", "/api/v1/auth/logout/", None, 401, json={"refresh": "wrong"}),
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
    Row("DELETE", "/api/v1/sessions/{session}/", WRITE, 204, refused=NO_MANAGERS),
    Row("GET", "/api/v1/sessions/{session}/facepass-status/", READ),
    Row("GET", "/api/v1/sessions/{session}/analytics/", READ),
    Row("GET", "/api/v1/sessions/{session}/config/", READ),
    Row("PUT", "/api/v1/sessions/{session}/config/", ADMIN, json={"recognition_settings": {"detection": "fast"}}),
    Row("GET", "/api/v1/sessions/{session}/privacy/", READ),
    Row("PATCH", "/api/v1/sessions/{session}/privacy/", ADMIN, json={"retention": {"faces": 400}}),
    Row("GET", "/api/v1/privacy/", READ),
    Row("PATCH", "/api/v1/privacy/", ADMIN, json={"retention": {"guests": 90}}),
    Row("DELETE", "/api/v1/guests/{guest}/", ADMIN),
    Row("GET", "/api/v1/guests/{guest}/export/", ADMIN),
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
    Row("GET", "/api/v1/images/", READ),
    Row("GET", "/api/v1/images/{photo}/", READ),
    Row("DELETE", "/api/v1/images/{photo}/", WRITE, 204),
    Row("GET", "/api/v1/images/{photo}/faces/", READ),
    Row("POST", "/api/v1/images/bulk-delete/", WRITE, 200, 404, json=lambda its: {"photo_ids": [str(its["photo"])]}),
    # people, who are users under another name
    Row("GET", "/api/v1/people/", READ),
    Row("POST", "/api/v1/people/", WRITE, 201, json={"real_name": "Maria"}),
    Row("POST", "/api/v1/people/bulk/", WRITE, json={"people": [{"external_id": "crm-1", "real_name": "Maria"}]}),
    Row(
        "POST",
        "/api/v1/people/bulk-delete/",
        WRITE,
        200,
        404,
        refused=NO_MANAGERS,
        json=lambda its: {"person_ids": [str(its["person"])]},
    ),
    Row("POST", "/api/v1/people/{person}/merge/", WRITE, json=lambda its: {"person_ids": [str(its["namesake"])]}),
    Row("GET", "/api/v1/people/{person}/", READ),
    Row("PATCH", "/api/v1/people/{person}/", WRITE, json={"real_name": "Maria"}),
    Row("DELETE", "/api/v1/people/{person}/", WRITE, refused=NO_MANAGERS),
    Row("GET", "/api/v1/people/{person}/export/", ADMIN),
    Row("GET", "/api/v1/users/", READ),
    Row("POST", "/api/v1/users/", WRITE, 201, json={"email": "maria@example.com", "full_name": "Maria"}),
    Row("GET", "/api/v1/users/{person}/", READ),
    Row("PATCH", "/api/v1/users/{person}/", WRITE, json={"full_name": "Maria"}),
    Row("DELETE", "/api/v1/users/{person}/", WRITE, refused=NO_MANAGERS),
    # what was deleted
    Row("GET", "/api/v1/trash/", WRITE),
    Row("GET", "/api/v1/trash/{trash}/", WRITE),
    Row("POST", "/api/v1/trash/{trash}/restore/", WRITE),
    Row("DELETE", "/api/v1/trash/{trash}/", WRITE),
    # faces
    Row(
        "POST",
        "/api/v1/faces/upload/",
        WRITE,
        202,
        404,
        form=lambda its: {"user_id": its["person"], "file": picture("maria.jpg")},
    ),
    Row("GET", "/api/v1/faces/user/{person}/", READ),
    Row("GET", "/api/v1/faces/{face}/", READ),
    Row("PATCH", "/api/v1/faces/{face}/", WRITE, json=lambda its: {"person_id": str(its["person"])}),
    Row("DELETE", "/api/v1/faces/{face}/", WRITE, 204),
    Row("POST", "/api/v1/faces/{face}/move/", WRITE, json=lambda its: {"group_id": str(its["other"])}),
    Row("POST", "/api/v1/faces/bulk-delete/", WRITE, 200, 404, json=lambda its: {"face_ids": [str(its["face"])]}),
    Row("GET", "/api/v1/enrolments/", READ),
    Row("GET", "/api/v1/enrolments/{enrolment}/", READ),
    Row("DELETE", "/api/v1/enrolments/{enrolment}/", WRITE, 204),
    Row("POST", "/api/v1/faces/search/", SEARCH, 200, 404, json=lambda its: {"face_id": str(its["face"])}),
    Row("POST", "/detect-faces/", SEARCH, form=lambda _its: {"image": picture("a.jpg")}),
    Row("POST", "/recognize-face/", SEARCH, form=lambda _its: {"image": picture("a.jpg")}),
    Row("POST", "/batch-recognize/", SEARCH, form=lambda _its: {"images": picture("a.jpg")}),
    Row("POST", "/api/v2/recognize/batch/", SEARCH, form=lambda _its: {"images": picture("a.jpg")}),
    # groups of faces, and what people decide about them
    Row("GET", "/api/v1/groups/", READ),
    Row("GET", "/api/v1/groups/suggestions/?session_id={session}", READ),
    Row("GET", "/api/v1/groups/{group}/", READ),
    Row("GET", "/api/v1/groups/{group}/faces/", READ),
    # The other group is looked for first, and that is in the body.
    Row("POST", "/api/v1/groups/{group}/merge/", WRITE, 200, 404, json=lambda its: {"group_ids": [str(its["other"])]}),
    Row(
        "POST", "/api/v1/groups/{group}/keep-apart/", WRITE, 200, 404, json=lambda its: {"group_id": str(its["other"])}
    ),
    Row("POST", "/api/v1/groups/{group}/split/", WRITE, json=lambda its: {"face_ids": [str(its["face"])]}),
    Row("POST", "/api/v1/groups/{group}/name/", WRITE, json=lambda its: {"person_id": str(its["person"])}),
    Row("POST", "/api/v1/groups/{group}/reject/", WRITE),
    Row("POST", "/reject-face-cluster/", WRITE, 200, 404, json=lambda its: {"cluster_id": str(its["group"])}),
    Row("POST", "/cluster-unknown-faces/", WRITE, 202, 404, json=lambda its: {"session_id": str(its["session"])}),
    Row("GET", "/api/v1/decisions/", READ),
    Row("GET", "/api/v1/decisions/{decision}/", READ),
    Row("POST", "/api/v1/decisions/{decision}/undo/", WRITE),
    # one person: a reference, and whether somebody lives
    Row("GET", "/api/v1/reference/", READ),
    Row("POST", "/api/v1/reference/", WRITE, 201, form=lambda _its: {"image": picture("passport.jpg")}),
    Row("GET", "/api/v1/reference/{reference}/", READ),
    Row("DELETE", "/api/v1/reference/{reference}/", WRITE, 204),
    Row(
        "POST",
        "/api/v1/verify/",
        SEARCH,
        200,
        404,
        form=lambda its: {"reference_id": its["reference"], "image": picture("selfie.jpg")},
    ),
    Row(
        "POST",
        "/api/v1/compare/",
        SEARCH,
        form=lambda _its: {"file": picture("selfie.jpg"), "other_file": picture("passport.jpg")},
    ),
    Row("POST", "/api/v1/liveness/challenges/", SEARCH, 201),
    Row(
        "POST",
        "/api/v1/liveness/",
        SEARCH,
        200,
        404,
        form=lambda its: {"challenge_id": its["challenge"], "frames": [picture("1.jpg") for _frame in range(3)]},
    ),
    # work that outlasts a request
    Row("GET", "/api/v1/tasks/", READ),
    Row("POST", "/api/v1/tasks/{task}/cancel/", ADMIN),
    Row("GET", "/api/v1/tasks/{task}/", READ),
    Row("DELETE", "/api/v1/tasks/{task}/", ADMIN),
    Row("POST", "/generate-descriptors/", INSTALLATION, 202),
    Row("POST", "/rebuild-index/", INSTALLATION, 202),
    Row("POST", "/regenerate-unknown-descriptors/", WRITE, 202),
    # the installation and the studio's staff
    Row("GET", "/api/v2/config/", READ),
    Row("PUT", "/api/v2/config/", ADMIN, json={"recognition_settings": {"detection": "fast"}}),
    Row("GET", "/api/v2/config/history/", ADMIN),
    Row("GET", "/api/v1/admin/stats/", ADMIN),
    Row("GET", "/api/v1/admin/users/", ADMIN),
    # training; nobody has verified faces there, and nothing was learnt
    Row("POST", "/api/v2/train/prepare/", ADMIN, 409),
    Row("POST", "/api/v2/train/execute/", ADMIN, 409, 404, json=lambda its: {"session_id": str(its["training"])}),
    Row("GET", "/api/v2/train/history/", READ),
    Row("GET", "/api/v2/train/status/{training}/", READ),
    Row("GET", "/api/v2/train/{training}/changes/", READ, 409),
    Row("POST", "/api/v2/train/{training}/activate/", ADMIN, 409),
    Row("POST", "/api/v2/train/{training}/roll-back/", ADMIN, 409),
    Row("POST", "/api/v2/train/{training}/apply/", ADMIN, 409),
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
    "/health/detailed/",
    "/metrics/",
    "/api/v1/health/",
    "/static/js/face-search.js",
    "/static/session/index.html",
    "/language/",
    "/admin/mail/",
    "/photos-of/{}/",
    "/s/",
    "/s/{}/",
    "/s/{}/pin/",
    "/s/{}/consent/",
    "/s/{}/notice/",
    "/s/{}/data/",
    "/s/{}/leave-out/",
    "/s/{}/withdraw/",
    "/s/{}/withdrawn/{}/",
    "/s/{}/browse/",
    "/s/{}/progress/",
    "/s/{}/ready/",
    "/s/{}/look/",
    "/s/{}/challenge/",
    "/s/{}/brand.css",
    "/s/{}/worker.js",
    "/s/{}/logo",
    "/s/{}/manifest.webmanifest",
    "/s/{}/photos/",
    "/s/{}/photos/zip/",
    "/s/{}/photos/share/",
    "/s/{}/photos/{}/",
    "/s/{}/shares/",
    "/s/{}/friend/",
    "/s/{}/search/",
    "/s/{}/person/",
    "/s/{}/whose/",
    "/s/{}/new/",
    "/s/{}/done/",
    "/s/{}/link/",
    "/s/{}/alerts/",
    "/s/{}/alerts/stop/",
    "/s/{}/give/",
    "/ready/{}/",
    "/s/{}/forget/",
    "/e/{}/",
    "/screen/{}/",
    "/screen/{}/photos/",
    "/screen/{}/{}/{}",
    "/found/{}/{}/{}",
    "/shared/{}/{}/{}",
    "/shared/{}/",
    "/my/{}/",
    "/news/{}/",
    "/news/{}/stop/",
    "/forgotten/{}/",
    "/hidden/{}/",
    "/api/v1/sessions/{}/interface/",
    "/photos/{}/{}",
    "/photos/{}/faces/{}",
}
