"""The Content-Security-Policy, and the one place where it is looser than in the settings: the admin.

Its pages are unfold's, which starts Alpine expressions (`'unsafe-eval'`) and sets colours in a `<style>`, and ours put
photos straight into the bucket where there is one. Guests' pages keep the strict policy.
"""

from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from facepass.core.storage.bucket_address import browser_origin

NEEDED_BY_UNFOLD = {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]}


class PolicyMiddleware(CSPMiddleware):
    def get_policy_parts(self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False) -> Any:
        parts = super().get_policy_parts(request=request, response=response, report_only=report_only)
        if request.resolver_match and "admin" in request.resolver_match.app_names and not parts.update:
            parts.update = {**NEEDED_BY_UNFOLD, **_needed_by_uploads()}
        return parts


def _needed_by_uploads() -> dict[str, list[str]]:
    return {"connect-src": [browser_origin(settings.ENV)]} if settings.ENV.s3_bucket else {}
