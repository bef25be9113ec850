"""The proxies of `deploy/` in front of hosts on this machine, with a certificate of their own."""

import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

DEPLOY = settings.BASE_DIR / "deploy"
HOST = "web:8000"


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


def make_certificate(folder: Path) -> Path:
    """Write a key and its certificate for localhost, as nginx (`fullchain.pem`) and HAProxy take them. Return it."""
    key, certificate = folder / "privkey.pem", folder / "fullchain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "facepass.pem").write_bytes(certificate.read_bytes() + key.read_bytes())
    return certificate


def run_nginx(folder: Path, addresses: Sequence[str], certificates: Path, ports: tuple[int, int]) -> list[str]:
    """Write the configuration of nginx for these hosts into the folder, and check it. Return its command."""
    text = (DEPLOY / "nginx" / "facepass.conf").read_text()
    (line,) = [line for line in text.splitlines() if f"server {HOST}" in line]
    text = text.replace(line, "\n".join(line.replace(HOST, address) for address in addresses))
    text = text.replace("/etc/nginx/certs", str(certificates))
    text = text.replace("listen 80;", f"listen {ports[0]};").replace("listen 443 ", f"listen {ports[1]} ")
    (folder / "site.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    account = "user root;" if os.geteuid() == 0 else ""  # whose the folder of the test is
    http = f"http {{ {places} include {folder}/site.conf; }}"
    main = f"{account} daemon off; pid {folder}/pid; error_log stderr; events {{}} {http}"
    (folder / "nginx.conf").write_text(main)
    check(["nginx", "-t", "-c", folder / "nginx.conf"])
    return ["nginx", "-c", folder / "nginx.conf"]


def run_haproxy(folder: Path, addresses: Sequence[str], certificates: Path, ports: tuple[int, int]) -> list[str]:
    text = (DEPLOY / "haproxy" / "haproxy.cfg").read_text()
    text = text.replace(HOST, addresses[0]).replace("/etc/haproxy/certs", str(certificates))
    text = text.replace("bind :80\n", f"bind :{ports[0]}\n").replace("bind :443 ", f"bind :{ports[1]} ")
    (folder / "haproxy.cfg").write_text(text)
    check(["haproxy", "-c", "-f", folder / "haproxy.cfg"])
    return ["haproxy", "-db", "-f", folder / "haproxy.cfg"]


def run_caddy(folder: Path, addresses: Sequence[str], certificates: Path, ports: tuple[int, int]) -> list[str]:
    text = (DEPLOY / "caddy" / "Caddyfile").read_text()
    own = f"tls {certificates}/fullchain.pem {certificates}/privkey.pem"
    site = (
        f"{{\n\tadmin off\n\thttp_port {ports[0]}\n\tskip_install_trust\n}}\nhttps://localhost:{ports[1]} {{\n\t{own}"
    )
    (folder / "Caddyfile").write_text(text.replace(HOST, addresses[0]).replace("photos.example.com {", site))
    check(["caddy", "validate", "--adapter", "caddyfile", "--config", folder / "Caddyfile"])
    return ["caddy", "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"]


def check(command) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


PROXIES = {"nginx": run_nginx, "haproxy": run_haproxy, "caddy": run_caddy}
