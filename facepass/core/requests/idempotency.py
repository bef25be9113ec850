"""`Idempotency-Key`: a POST that is sent again gets the first answer again, and is not done twice.

An answer is stored for a day, for each principal; of the request only a digest is. Views whose answers hold a secret
set `keeps_answers = False`, and the header is ignored there. It is also ignored for who is signed in to the admin:
forms of a browser carry no such header.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from facepass.core.access.authentication import principal_of, rate_bucket, require_principal_quota
from facepass.core.errors import FacePassError, as_refusal, refusal_response
from facepass.core.requests import request_bodies
from facepass.models import KeptAnswer

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# The kept answer's id, and when it was claimed.
Claim = tuple[int, datetime]
KEY_PATTERN = re.compile(r"[\x21-\x7e]{1,255}")
ANSWER_LIFETIME = timedelta(hours=24)
# After this long without an answer the process that was to give it is taken for dead.
CLAIM_LIFETIME = timedelta(minutes=10)
# What says nothing of the request itself: it may be sent again. So may what names a time to wait (Retry-After).
TRANSIENT_STATUSES = {401, 403, 429}
STORED_HEADERS = ("Content-Type", "Location", "ETag", "Retry-After")

CLAIM = """
    INSERT INTO kept_answers AS kept (principal, key, fingerprint, created_at, headers, body)
    VALUES (%(principal)s, %(key)s, %(fingerprint)s, clock_timestamp(), '{}', '')
    ON CONFLICT (principal, key) DO UPDATE
        SET fingerprint = excluded.fingerprint, created_at = excluded.created_at,
            status = NULL, headers = '{}', body = ''
        WHERE kept.created_at < now() - CASE WHEN kept.status IS NULL THEN %(given_up)s ELSE %(kept)s END
    RETURNING id, created_at
"""


class IdempotencyMiddleware:
    """Replays or stores answers. The last middleware of all, so that it stores the answer of the view itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        claim = getattr(request, "_claim", None)
        if claim is not None:
            _store_answer(claim, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST" or not getattr(getattr(view, "cls", None), "keeps_answers", True):
            return None
        try:
            who = _principal_name(request, view)
            return None if who is None else _replay_or_claim(request, who=who, key=key)
        except (APIException, FacePassError, DatabaseError) as error:
            # Of this first gate too: the view would not keep its answer, so it is not run.
            refusal = as_refusal(error)
            if refusal is None:
                raise
            return refusal_response(refusal, request=request)


def _principal_name(request: HttpRequest, view: Any) -> str | None:
    """Return the bucket name of the principal that the header names; None without one, which the view then refuses.

    Raise what the view would: 401 for unknown credentials, and 429 for the quota of which a request takes one.
    """
    if not hasattr(view, "cls") or "Authorization" not in request.headers:
        return None
    asked = Request(request, authenticators=view.cls(**view.initkwargs).get_authenticators())
    kind, name = rate_bucket(principal_of(asked), asked)
    if kind != "key":
        return None
    require_principal_quota(asked)
    return name


def _replay_or_claim(request: HttpRequest, *, who: str, key: str) -> HttpResponse | None:
    """Return the stored answer; None for a first request, which then holds a claim.

    Raise 400 `idempotency_key_invalid`, 422 `idempotency_key_reused` and 409 `idempotency_in_flight`.
    """
    if not KEY_PATTERN.fullmatch(key):
        message = _("An Idempotency-Key has 1 to 255 visible ASCII characters.")
        raise FacePassError("idempotency_key_invalid", message)
    fingerprint = request_bodies.fingerprint_request(request, request.headers.get("X-Studio", ""))
    claim = _claim(who=who, key=key, fingerprint=fingerprint)
    if claim is not None:
        request._claim = claim  # type: ignore[attr-defined]
        return None
    kept = KeptAnswer.objects.filter(principal=who, key=key).first()
    if kept is not None and kept.fingerprint != fingerprint:
        message = _("This Idempotency-Key was used with another request.")
        raise FacePassError("idempotency_key_reused", message, status=422)
    if kept is None or kept.status is None:
        message = _("The first request with this Idempotency-Key is still being processed.")
        raise FacePassError("idempotency_in_flight", message, status=409, retry_after=1)
    return HttpResponse(kept.body, status=kept.status, headers={**kept.headers, "Idempotent-Replayed": "true"})


def _claim(*, who: str, key: str, fingerprint: str) -> Claim | None:
    """Claim the key for this request. Return None where another request holds it.

    It is one statement, so that of two requests at once one is the first. A later claim of the same row has another
    time, so a process that was taken for dead writes nothing over the answer of the next.
    """
    values: dict[str, Any] = {
        "principal": who,
        "key": key,
        "fingerprint": fingerprint,
        "given_up": CLAIM_LIFETIME,
        "kept": ANSWER_LIFETIME,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        row: Claim | None = cursor.fetchone()
    return row


def _store_answer(claim: Claim, response: HttpResponseBase) -> None:
    pk, made_at = claim
    claimed = KeptAnswer.objects.filter(pk=pk, created_at=made_at)
    passing = (
        response.status_code in TRANSIENT_STATUSES or response.status_code >= 500 or _says_when_to_try_again(response)
    )
    if passing or not isinstance(response, HttpResponse):
        claimed.delete()
        return
    headers = {name: response[name] for name in STORED_HEADERS if name in response}
    claimed.update(status=response.status_code, headers=headers, body=response.content)


def _says_when_to_try_again(response: HttpResponseBase) -> bool:
    """Return whether it is a refusal that passes; of what was begun, Retry-After says when to look."""
    return response.status_code >= 400 and "Retry-After" in response


def delete_old_answers() -> None:
    KeptAnswer.objects.filter(created_at__lt=Now() - ANSWER_LIFETIME).delete()
