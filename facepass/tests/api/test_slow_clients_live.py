"""A running server, its slow clients, and what others get from it meanwhile."""

import contextlib
import json
import socket
from urllib.parse import urlsplit

import httpx

SOCKETS = 200
SELFIES = 12
HALF_A_SELFIE = 20_000_000


def post(url, body, **headers):
    with httpx.Client(base_url=url, timeout=120) as client:
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        return client.post(headers.pop("path"), content=body, headers={**kind, **headers})


def test_slow_clients_and_large_bodies_hold_up_nobody(live):
    address = urlsplit(live.url)
    with contextlib.ExitStack() as opened:
        for number in range(SOCKETS + SELFIES):
            slow = opened.enter_context(socket.create_connection((address.hostname, address.port)))
            slow.sendall(b"POST /s/abcd2345/ HTTP/1.1\r\nHost: localhost\r\n")
            if number >= SOCKETS:
                slow.sendall(b"Content-Length: %d\r\n\r\n" % HALF_A_SELFIE + b"x" * 500_000)
        assert httpx.get(f"{live.url}/health", timeout=120).status_code == 200
        assert post(live.url, b"x" * 1_000_000, path="/").json()["error"]["code"] == "too_large"
        refused = post(live.url, b"x" * 1_000_000, path="/api/v1/faces/upload")
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "not_authenticated")
        unknown = post(live.url, b"x" * 1_000_000, path="/api/v1/verify", Authorization="Bearer fp_unknown")
        assert unknown.status_code == 401
        chunked = post(live.url, iter([b"x" * 200_000] * 3), path="/admin/login/")
        assert (chunked.status_code, json.loads(chunked.content)["error"]["code"]) == (413, "too_large")
        # A guest's page reads a picture that is no guest's, keeps none of it, and answers.
        assert post(live.url, b"x" * 3_000_000, path="/s/abcd2345/").status_code == 404
