"""The configurations of proxies in `deploy/`, with live traffic: TLS, many at once, large bodies, websockets."""

import json
import os
import shutil
import ssl
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from facepass.testing.live import frozen, manage, remove, start
from facepass.testing.servers.proxies import DEPLOY, PROXIES, free_port, make_certificate
from facepass.testing.waiting import eventually
from galleries.consumers import NOT_FOUND

pytestmark = pytest.mark.live
TOKEN = "what prometheus sends to the hosts"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: no certificate for the proxies")
    folder = tmp_path_factory.mktemp("certs")
    make_certificate(folder)
    return folder


@dataclass(frozen=True)
class Server:
    address: str
    key: str
    database: int


@pytest.fixture(scope="module")
def server(new_home, migrated_home):
    home = new_home(migrated_home)
    port = free_port()
    made = manage(home, "setup", "--json")
    assert made.returncode == 0, made.stderr
    told = {"PUBLIC_URL": "https://localhost", "TRUSTED_PROXIES": "1", "METRICS_TOKEN": TOKEN, "WORKERS": "0"}
    live = start(home, **told, PORT=str(port))
    (database,) = live.children("bin/postgres")
    yield Server(f"127.0.0.1:{port}", json.loads(made.stdout)["token"], database)
    live.stop()
    remove(home)


@pytest.fixture(scope="module", params=sorted(PROXIES))
def proxy(request, server, certificates, tmp_path_factory):
    """The address of the running proxy, and what verifies its certificate."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed (Debian's package of that name): its configuration is not tried")
    folder, ports = tmp_path_factory.mktemp(request.param), (free_port(), free_port())
    command = PROXIES[request.param](folder, [server.address], certificates, ports)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)})
    address = f"https://localhost:{ports[1]}"
    try:
        eventually(lambda: answers(address, certificates / "fullchain.pem"))
        yield address, certificates / "fullchain.pem", f"http://localhost:{ports[0]}"
    finally:
        process.terminate()
        process.wait(60)


def answers(address, certificate) -> bool:
    try:
        return requests.get(f"{address}/health/ready", verify=certificate, timeout=60).status_code == 200
    except requests.ConnectionError:
        return False


def test_traffic_arrives_by_tls_and_the_server_knows_it(proxy):
    address, certificate, plain = proxy
    page = requests.get(f"{address}/admin/login/", verify=certificate, timeout=300)
    assert page.status_code == 200
    # Sent only where X-Forwarded-Proto says that the browser came by https.
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")
    assert "Secure" in page.headers["Set-Cookie"]
    moved = requests.get(f"{plain}/admin/", timeout=300, allow_redirects=False)
    assert moved.status_code in (301, 308)
    assert moved.headers["Location"].startswith("https://localhost")


def test_many_at_once_are_all_answered(proxy):
    address, certificate, _plain = proxy

    def ask(_number):
        return requests.get(f"{address}/health", verify=certificate, timeout=300).status_code

    with ThreadPoolExecutor(20) as threads:
        assert set(threads.map(ask, range(100))) == {200}


def test_a_large_upload_reaches_the_server_which_says_what_is_wrong_with_it(proxy, server):
    address, certificate, _plain = proxy
    picture = {"file": ("me.jpg", b"\xff" * 20_000_000)}
    key, fields = {"Authorization": f"Bearer {server.key}"}, {"session_id": str(uuid.uuid4())}
    path = f"{address}/api/v1/faces/search-session"
    refused = requests.post(path, files=picture, data=fields, headers=key, verify=certificate, timeout=300)
    # All of it was received: what is refused is the session, which is not there, or the file, which is no picture.
    assert refused.status_code in (404, 415), refused.text
    assert refused.json()["error"]["code"]


def test_websockets_go_through_in_both_directions(proxy):
    address, certificate, _plain = proxy
    trusted = ssl.create_default_context(cafile=certificate)
    url = f"{address.replace('https', 'wss', 1)}/ws/decisions/"
    page = connect(url, ssl=trusted, origin="https://localhost", open_timeout=300)
    with page, pytest.raises(ConnectionClosed) as closed:
        page.recv(300)
    assert closed.value.rcvd.code == NOT_FOUND  # said by FacePass to who is not signed in


def test_while_the_database_is_away_the_answer_is_facepass_own(proxy, server):
    """Also once the proxy knows that no host is ready: guests get their page, and programs when to come again."""
    address, certificate, _plain = proxy
    with frozen(server.database):
        for _time in range(6):
            page = requests.get(f"{address}/s/abcd2345/", verify=certificate, timeout=300)
            assert (page.status_code, page.headers["Retry-After"]) == (503, "5"), page.text
            assert page.headers["X-Request-Id"]
            time.sleep(1)  # it looks every two seconds
    eventually(lambda: answers(address, certificate))
    eventually(lambda: requests.get(f"{address}/s/abcd2345/", verify=certificate, timeout=300).status_code == 404)


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/health/detailed", "/health/detailed/"])
def test_what_is_for_operators_is_not_for_the_internet(proxy, path):
    address, certificate, _plain = proxy
    token = {"Authorization": f"Bearer {TOKEN}"}
    assert requests.get(f"{address}{path}", headers=token, verify=certificate, timeout=300).status_code == 404


def test_a_browser_cannot_say_who_it_is():
    """With limits by address, an address that anybody may write would be no limit. Caddy overwrites it by itself."""
    nginx = (DEPLOY / "nginx" / "facepass.conf").read_text()
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    haproxy = (DEPLOY / "haproxy" / "haproxy.cfg").read_text()
    assert "http-request set-header X-Forwarded-For %[src]" in haproxy
    assert "trusted_proxies" not in (DEPLOY / "caddy" / "Caddyfile").read_text()
