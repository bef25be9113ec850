"""How answers are compressed, and our own scripts and styles built."""

import gzip

import brotli
import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import RequestFactory

from facepass.core.requests.compression import CompressionMiddleware
from facepass.core.requests.hashed_static_files import HashedStaticFilesStorage, strip_comments

LONG = "Photos of the summer party. " * 100


def pass_through(response, *, accepts="gzip, deflate, br, zstd"):
    request = RequestFactory().get("/", headers={"accept-encoding": accepts})
    return CompressionMiddleware(lambda request: response)(request)


@pytest.mark.parametrize(
    "kind",
    ["text/html; charset=utf-8", "text/css", "text/javascript", "application/json", "application/manifest+json",
     "image/svg+xml"],
)  # fmt: skip
def test_what_is_text_is_compressed(kind):
    response = pass_through(HttpResponse(LONG, content_type=kind))
    assert brotli.decompress(response.content).decode() == LONG
    assert response["Content-Encoding"] == "br"
    assert response["Content-Length"] == str(len(response.content))
    assert response["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("BR;q=0.5", "br"), ("br; q=0.0", None), ("", None), ("brotli", None)],
)
def test_only_as_the_browser_takes_it(accepts, encoding):
    response = pass_through(HttpResponse(LONG), accepts=accepts)
    assert response.get("Content-Encoding") == encoding
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}[encoding]
    assert unpack(response.content).decode() == LONG
    assert response["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "application/zip", "application/octet-stream"])
def test_pictures_and_archives_stay_as_they_are(kind):
    assert "Content-Encoding" not in pass_through(HttpResponse(LONG, content_type=kind))


def test_what_is_streamed_stays_as_it_is():
    assert "Content-Encoding" not in pass_through(StreamingHttpResponse(iter([LONG]), content_type="text/csv"))


def test_an_answer_with_a_strong_etag_stays_as_it_is():
    response = pass_through(JsonResponse({"text": LONG}, headers={"ETag": '"abc"'}))
    assert response["ETag"] == '"abc"'
    assert "Content-Encoding" not in response


def test_a_short_answer_stays_as_it_is():
    assert pass_through(HttpResponse("ok")).content == b"ok"


@pytest.mark.parametrize("address", ["/static/unfold/css/styles.css", "/static/facepass/guest.js"])
def test_files_without_a_hash_are_compressed_too(client, address):
    response = client.get(address, headers={"accept-encoding": "br"})
    assert response["Content-Encoding"] == "br"
    assert len(response.content) == int(response["Content-Length"])
    assert client.get(address, headers={"accept-encoding": "br", "if-none-match": response["ETag"]}).status_code == 304
    part = client.get(address, headers={"accept-encoding": "br", "range": "bytes=0-99"})
    assert (part.status_code, len(part.getvalue())) == (206, 100)
    assert "Content-Encoding" not in part


def test_files_are_built_anew_when_one_of_them_changes(tmp_path, settings):
    source, built = tmp_path / "source", tmp_path / "static"
    source.mkdir()
    (source / "a.js").write_text('// Why.\nimport { b } from "./b.js";\nb();\n')
    (source / "b.js").write_text("/**\n * What.\n */\nexport function b() {}\n")
    settings.STATICFILES_DIRS = [source]
    storage = HashedStaticFilesStorage(location=built, base_url="/static/")
    storage.build()
    first = storage.url("a.js")
    assert (
        built / first.rpartition("/")[2]
    ).read_text() == f'import {{ b }} from ".{storage.url("b.js")[7:]}";\nb();\n'
    assert storage.url("library/c.js") == "/static/library/c.js"
    (source / "b.js").write_text("export function b() { return 1; }\n")
    storage.build()
    assert storage.url("a.js") != first, "it names the other file by its new hash"
    assert (built / first.rpartition("/")[2]).exists(), "for pages that are open"


def test_only_comments_with_lines_of_their_own_are_left_out():
    source = (
        b'/**\n * Return it.\n */\n// Why.\nconst a = "/* no */"; // here\n  /** @type {A} */ (b).c();\n/* css */\n'
    )
    assert strip_comments(source) == b'const a = "/* no */"; // here\n  /** @type {A} */ (b).c();\n'
