"""Answers that a browser saves as a file."""

from collections.abc import Mapping

from django.http import HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify


def text_download(text: str, *, title: str, suffix: str, content_type: str) -> HttpResponse:
    """Return a text as a file named for what it is about, such as `summer-party-people.csv`."""
    return _as_file(HttpResponse(text, content_type=f"{content_type}; charset=utf-8"), title, suffix)


def json_download(value: Mapping[str, object], *, title: str, suffix: str) -> HttpResponse:
    """Return an object as a JSON file."""
    dumps = {"ensure_ascii": False, "indent": 1}
    return _as_file(JsonResponse(dict(value), json_dumps_params=dumps), title, suffix)


def _as_file(response: HttpResponse, title: str, suffix: str) -> HttpResponse:
    name = slugify(title, allow_unicode=True) or "photos"
    response["Content-Disposition"] = content_disposition_header(True, f"{name}-{suffix}") or ""
    response["Cache-Control"] = "no-store"
    return response
