"""The address that guests open: whether it leads here, and whether the proxy in front says what it has to."""

from collections.abc import Iterator
from http import HTTPStatus

import urllib3
from django.conf import settings

from facepass.ops.checks import is_local
from facepass.ops.doctor.finding import Finding, error, ok, warning

SECONDS = 5


def examine_address() -> Iterator[Finding]:
    """Open PUBLIC_URL as a guest's browser would."""
    if is_local(settings.PUBLIC_URL):
        yield ok("address", f"{settings.PUBLIC_URL}, for this machine: set PUBLIC_URL for guests")
        return
    is_https = settings.PUBLIC_URL.startswith("https://")
    if not is_https:
        yield warning("address", f"{settings.PUBLIC_URL} is not https: browsers give no camera to its pages")
    elif not (settings.ENV.trusted_proxies or settings.ENV.forwarded_allow_ips):
        yield warning("proxy", "TRUSTED_PROXIES is 0: guests behind the proxy share one limit. Set it to 1")
    try:
        answer = urllib3.request("GET", f"{settings.PUBLIC_URL}/health", timeout=SECONDS, retries=False, redirect=False)
    except urllib3.exceptions.HTTPError as problem:
        yield error("address", f"{settings.PUBLIC_URL} does not answer: {type(problem).__name__}")
        return
    yield _judge_answer(answer, is_https=is_https)


def _judge_answer(answer: urllib3.BaseHTTPResponse, *, is_https: bool) -> Finding:
    if answer.status != HTTPStatus.OK:
        return error("address", f"{settings.PUBLIC_URL}/health answers {answer.status}: is the server running?")
    # Sent only where the server believes that the browser came by https.
    if is_https and "Strict-Transport-Security" not in answer.headers:
        return error("proxy", "X-Forwarded-Proto does not arrive: have the proxy set it to https")
    return ok("address", f"{settings.PUBLIC_URL} leads here")
