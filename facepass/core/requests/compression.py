"""Compresses pages, scripts, styles and JSON on their way: Brotli where the browser takes it, else gzip.

Pictures and archives are compressed already, and what is streamed would be held back; neither is touched. Files of our
own are compressed beforehand (`hashed_static_files`), those of libraries here.

Compression tells by its length what stands beside text that an attacker chose (BREACH). Here that finds nothing:
another site's requests carry no cookie of ours (`SameSite=Lax`), so their answers hold nobody's secrets; Django masks
the CSRF token anew in each answer; and no page repeats what its address says beside a private link or a signature.
"""

import re
from http import HTTPStatus

import brotli
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseFileResponse

PARTIAL_CONTENT = HTTPStatus.PARTIAL_CONTENT
NOT_TAKEN = re.compile(r"q\s*=\s*0(\.0*)?")
COMPRESSIBLE = re.compile(r"text/|image/svg\+xml|application/(json|javascript|manifest\+json|vnd\.oai\.openapi)")
# Shorter ones fit in one packet in any case.
MIN_BYTES = 500
# Half of the levels: a page takes a third of a millisecond, and is within 5 % of the shortest.
QUALITY = 5


class CompressionMiddleware(GZipMiddleware):
    """Django's own for gzip, with Brotli before it. Has to stand before WhiteNoise's."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if isinstance(response, WhiteNoiseFileResponse) and _is_text(response):
            response = _read_file(response)
        elif response.get("ETag", "").startswith('"'):
            return response  # it names these very bytes, and comes back in If-Match
        if not isinstance(response, HttpResponse) or not _is_compressible(response):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if len(response.content) < MIN_BYTES:
            return response
        if not _accepts(request, "br"):
            return super().process_response(request, response) if _accepts(request, "gzip") else response
        response.content = brotli.compress(response.content, quality=QUALITY)
        response["Content-Length"] = str(len(response.content))
        response["Content-Encoding"] = "br"
        return response


def _is_text(response: HttpResponseBase) -> bool:
    return bool(COMPRESSIBLE.match(response.get("Content-Type", "")))


def _is_compressible(response: HttpResponseBase) -> bool:
    is_whole = response.status_code != PARTIAL_CONTENT
    return _is_text(response) and is_whole and not response.has_header("Content-Encoding")


def _read_file(response: WhiteNoiseFileResponse) -> HttpResponse:
    """Return the answer with the file's content, which WhiteNoise would stream by another thread."""
    whole = HttpResponse(response.getvalue(), status=response.status_code)
    whole.headers = response.headers
    return whole


def _accepts(request: HttpRequest, encoding: str) -> bool:
    """Return whether the browser takes that encoding. Which one it would rather have is not asked."""
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == encoding:
            return not NOT_TAKEN.fullmatch(quality.strip())
    return False
