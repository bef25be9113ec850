"""PUBLIC_URL, ALLOWED_HOSTS and origins as browsers send them, and what a host that is not known is told."""

import json
import subprocess
import sys
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.test import Client

from facepass.core.public_address import host_of, normalise_host, normalise_origin
from facepass.env import EXPECTED, load_environment
from facepass.ops.checks import check_reachable
from facepass.testing.factories import FaceFactory, GalleryFactory, PhotoFactory

ORIGINS = {
    "https://photos.example.com": "https://photos.example.com",
    "HTTPS://Photos.Example.COM/": "https://photos.example.com",
    " https://photos.example.com:443 ": "https://photos.example.com",
    "http://photos.example.com:80/": "http://photos.example.com",
    "https://photos.example.com:8443": "https://photos.example.com:8443",
    "https://photos.example.com.": "https://photos.example.com",
    "https://фото.рф": "https://xn--n1aalg.xn--p1ai",
    "https://ФОТО.рф:444": "https://xn--n1aalg.xn--p1ai:444",
    "https://straße.example": "https://xn--strae-oqa.example",
    "https://bücher。example": "https://xn--bcher-kva.example",
    "http://[2001:DB8:0:0::1]:8000": "http://[2001:db8::1]:8000",
    "http://[::1]": "http://[::1]",
    "http://192.168.1.20:8000": "http://192.168.1.20:8000",
    "http://127.1:8000": "http://127.0.0.1:8000",
    "http://my_host:8000": "http://my_host:8000",
}


@pytest.mark.parametrize("written", ORIGINS)
def test_an_address_is_what_a_browser_makes_of_it(written):
    assert normalise_origin(written) == ORIGINS[written]
    assert normalise_origin(ORIGINS[written]) == ORIGINS[written]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://example.com/photos", "cannot live below a path"),
        ("https://example.com/photos/", "cannot live below a path"),
        ("https://example.com/?a=1", "more than a host"),
        ("https://example.com/#a", "more than a host"),
        ("https://me:secret@example.com", "names a user"),
        ("https://", "does not begin"),
        ("ftp://example.com", "does not begin"),
        ("photos.example.com", "does not begin"),
        ("https://example.com:port", "ort"),
        ("https://example.com:99999", "ort"),
        ("https://exa mple.com", "no name of a host"),
        ("https://a..b", "no name of a host"),
        ("http://[fe80::1%25eth0]", "zone|IPv6|no name"),
        ("http://[2001:db8::1", "IPv6"),
        ("http://300.1.1.1", "no IP address"),
        ("https://☃\u200d.example", "no name of a host"),
    ],
)
def test_what_no_browser_sends_is_refused_with_the_reason(address, why):
    with pytest.raises(ValueError, match=why):
        normalise_origin(address)


@pytest.mark.parametrize("host", ["::1", "[::1]", "2001:db8::1", "фото.рф", "EXAMPLE.com", "10.0.0.1"])
def test_hosts_have_their_brackets_and_their_punycode(host):
    normal = normalise_host(host)
    assert normalise_host(normal) == normal == host_of(f"http://{normal}")
    assert normal.isascii()


def test_the_reason_stands_at_the_start(monkeypatch, capsys):
    monkeypatch.setenv("PUBLIC_URL", "https://example.com/photos")
    with pytest.raises(SystemExit):
        load_environment()
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("FacePass cannot start: PUBLIC_URL: it has the path /photos, and FacePass cannot live below")
    assert line.endswith(EXPECTED["public_url"])


def test_a_server_for_other_machines_that_knows_no_address_of_its_own_warns(settings):
    open_to_all = load_environment().model_copy(update={"host": ip_address("0.0.0.0")})
    for told, expected in (({}, ["facepass.W008"]), ({"public_url": "http://192.168.1.20"}, [])):
        settings.ENV = open_to_all.model_copy(update=told)
        assert [found.id for found in check_reachable()] == expected


SHOW = (
    "import json, django; django.setup(); from django.conf import settings as s; "
    "print(json.dumps([s.PUBLIC_URL, s.ALLOWED_HOSTS, s.CSRF_TRUSTED_ORIGINS, s.CORS_ALLOWED_ORIGINS]))"
)


def settings_with(home, **environment):
    """The settings of a process that starts with these variables."""
    fixed = {
        "FACEPASS_HOME": str(home),
        "FACEPASS_ENV_FILE": "/dev/null",
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "facepass.settings",
    }
    command = [sys.executable, "-c", SHOW]
    done = subprocess.run(command, env=fixed | environment, cwd=project.BASE_DIR, capture_output=True, check=True)
    return json.loads(done.stdout)


def test_settings_know_a_browser_by_what_it_sends(tmp_path):
    for written in ("https://фото.рф:443/", "http://[2001:DB8::0:1]:8000"):
        public, hosts, trusted, _cors = settings_with(tmp_path, PUBLIC_URL=written)
        assert public == normalise_origin(written)
        assert host_of(public) in hosts
        assert trusted == [public]
    public, hosts, _trusted, cors = settings_with(
        tmp_path, PUBLIC_URL="https://a.example", ALLOWED_HOSTS="фото.рф,::1,.b.example",
        CORS_ALLOWED_ORIGINS="https://App.example:443", HOST="192.168.1.20",
    )  # fmt: skip
    assert hosts == ["xn--n1aalg.xn--p1ai", "[::1]", ".b.example", "a.example"]
    assert cors == ["https://app.example"]
    assert "192.168.1.20" in settings_with(tmp_path, HOST="192.168.1.20")[1]


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["192.168.1.20:8000", "[2001:db8::1]:8000", "photos.lan"])
@pytest.mark.parametrize("path", ["/", "/api/v1/galleries/"])
def test_a_host_that_is_not_allowed_is_told_what_to_set(host, path, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    answer = Client(headers={"host": host, "accept-language": "en"}).get(path)
    assert answer.status_code == 400
    assert f"PUBLIC_URL=http://{host}" in answer.content.decode()
    assert "ALLOWED_HOSTS" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["<script>", "a b", "x/../y", "a'b"])
def test_a_host_that_is_none_is_not_repeated(host, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    answer = Client(headers={"host": host}).get("/")
    assert answer.status_code == 400
    assert host not in answer.content.decode()


@pytest.mark.parametrize("path", ["images/", "faces/", "galleries/", "images/?page_size=1", "people/"])
def test_addresses_in_answers_follow_the_public_one(api, studio, settings, path):
    gallery = GalleryFactory(studio=studio)
    FaceFactory(photo__gallery=gallery, person=None)
    PhotoFactory(gallery=gallery)
    for public, host in (("https://photos.example.com", "photos.example.com"), (settings.LOCAL_URL, "testserver")):
        settings.PUBLIC_URL = public
        answer = api.get(f"/api/v1/{path}").json()
        found = [text for text in strings_in(answer) if text.startswith("http")]
        assert {urlsplit(text).netloc for text in found} <= {host}
        assert found or path in {"galleries/", "people/", "faces/"}


def strings_in(value):
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings_in(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings_in(each)]
    return [value] if isinstance(value, str) else []
