"""A whole deployment on this machine: nginx with TLS, hosts, PostgreSQL, Redis, and a bucket behind a bad network."""

import contextlib
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import boto3
import psycopg
import requests
from faulty_proxy import FaultyProxy
from traffic import Site

from facepass.ops.embedded import EmbeddedPostgres, database_settings
from facepass.ops.embedded.paths import socket_folder
from facepass.testing import live
from facepass.testing.servers.proxies import free_port, make_certificate, run_nginx
from facepass.testing.servers.redis import RedisServer
from facepass.testing.waiting import eventually

BUCKET = "photos"
FAKE_ENGINE = "facepass.testing.engines.fake_settings"
# More than the traffic asks.
LIMITS = {
    "RATE_LIMIT_REQUESTS_PER_MINUTE": "60000",
    "RATE_LIMIT_BURST": "10000",
    "RATE_LIMIT_KEY_REQUESTS_PER_MINUTE": "60000",
    "RATE_LIMIT_KEY_BURST": "10000",
}


def new_folder() -> Path:
    """Return a folder that the database's account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="facepass-drill-"))
    folder.chmod(0o755)
    return folder


def make_template() -> tuple[Path, str]:
    """Return a home with a migrated database, a studio and secrets, and the key of its API. It does not run."""
    home = new_folder()
    done = live.manage(home, "setup", "--json", DJANGO_SETTINGS_MODULE=FAKE_ENGINE)
    assert done.returncode == 0, done.stderr
    return home, str(json.loads(done.stdout)["token"])


@dataclass
class Host:
    """A machine on which `manage.py up` runs: a home and a port of its own."""

    home: Path
    variables: dict[str, str]
    running: live.Live | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.variables['PORT']}"

    def start(self, *arguments: str, **more: str) -> None:
        self.keep_log()
        self.running = live.start(self.home, *arguments, **{**self.variables, **more})

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> None:
        """Return when nothing of it runs any more."""
        if self.running is not None and self.running.process.poll() is None:
            self.running.stop(sign)
        eventually(lambda: not live.processes_of(self.home))

    def keep_log(self) -> None:
        """Add what was logged since the last start to `all.log`; each start begins a new one."""
        log = self.home / "up.log"
        if log.exists():
            with (self.home / "all.log").open("a") as kept:
                kept.write(log.read_text())

    def print_errors(self) -> None:
        """Print what was logged at ERROR, with the lines that belong to it; not that the database did not answer."""
        self.keep_log()
        for entry in re.split(r"^(?=\d{4}-\d\d-\d\d )", (self.home / "all.log").read_text(), flags=re.MULTILINE):
            if " ERROR " in entry and "did not answer" not in entry and "Service Unavailable" not in entry:
                print(f"{self.home.name}: {entry}", file=sys.stderr)

    def readiness(self) -> tuple[int, dict[str, Any]]:
        answer = requests.get(f"http://{self.address}/health/ready", timeout=60)
        return answer.status_code, answer.json()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """All of its processes."""
        assert self.running is not None
        with live.frozen(self.running.process.pid):
            yield


@dataclass
class Stack:
    """`postgres`: settings of the database's server. `variables`: of all hosts.

    `disks`: folders that are file systems of their own, with their sizes, which takes root's rights.
    """

    template: Path
    token: str
    hosts_count: int = 2
    bucket: bool = True
    postgres: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    disks: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.folder = new_folder()
        with ExitStack() as undo:
            undo.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self._mount_disks(undo)
            self._start_servers(undo)
            self._start_hosts(undo)
            self._start_nginx(undo)
            self.site = self._make_event()
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        for host in self.hosts:
            host.print_errors()
        self._undo.close()

    def manage(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command as on the first host."""
        return live.manage(self.hosts[0].home, *arguments, **{**self.hosts[0].variables, **variables})

    def connect(self) -> psycopg.Connection[Any]:
        """Connect past the network that may be bad, once there is a connection to be had."""
        with contextlib.suppress(psycopg.OperationalError):
            return live.connect(self.database.home)
        time.sleep(0.2)
        return self.connect()

    def wait_for_photos(self, keys: list[str], *, limit: float = 300.0) -> int:
        """Wait until these photos have been described. Return how many have not: they are lost."""
        statement = "SELECT count(*) FROM gallery_images WHERE id = ANY(%s::uuid[]) AND state = 'processed'"
        deadline = time.monotonic() + limit
        while True:
            with self.connect() as connection:
                ((done,),) = connection.execute(statement, [keys]).fetchall()
            if done == len(set(keys)) or time.monotonic() > deadline:
                return len(set(keys)) - int(done)
            time.sleep(0.5)

    def check_files(self) -> list[dict[str, Any]]:
        """Return what `manage.py check_files` finds: every file is read and compared by its digest."""
        done = self.manage("check_files", "--json")
        return list(json.loads(done.stdout)["problems"])

    def _mount_disks(self, undo: ExitStack) -> None:
        for name, size in self.disks.items():
            place = self.folder / name
            place.mkdir(parents=True)
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "drill", place], check=True)
            undo.callback(subprocess.run, ["umount", place], check=True)

    def _start_servers(self, undo: ExitStack) -> None:
        home = self.folder / "database"
        home.mkdir(exist_ok=True)
        subprocess.run(["cp", "-a", f"{self.template}/.", home], check=True)
        self.database = EmbeddedPostgres(home, settings=self.postgres)
        self.database.start(owner="drill")
        undo.callback(self.database.stop)
        self.to_database = FaultyProxy(str(socket_folder(home) / ".s.PGSQL.5432"))
        undo.callback(self.to_database.close)
        self.redis = RedisServer(self.folder)
        self.redis.start()
        undo.callback(self.redis.end)
        if self.bucket:
            self._start_bucket(undo)

    def _start_bucket(self, undo: ExitStack) -> None:
        port = free_port()
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        undo.callback(server.wait)
        undo.callback(server.terminate)
        secrets = {"aws_access_key_id": "drill", "aws_secret_access_key": "drill", "region_name": "us-east-1"}
        client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", **secrets)
        eventually(lambda: _is_made(client))
        self.to_bucket = FaultyProxy(("127.0.0.1", port))
        undo.callback(self.to_bucket.close)

    def _start_hosts(self, undo: ExitStack) -> None:
        self.ports = (free_port(), free_port())
        self.hosts = []
        for number in range(1, self.hosts_count + 1):
            home = self.folder / f"host{number}"
            home.mkdir(exist_ok=True)
            self.hosts.append(Host(home, {**self._variables(), "PORT": str(free_port())}))
        for host in self.hosts:
            undo.callback(host.stop)
            host.start("--no-migrate")
        for host in self.hosts:
            eventually(lambda host=host: host.readiness()[0] == 200)

    def _variables(self) -> dict[str, str]:
        found = database_settings(self.database.home)
        login = f"{quote(found['USER'])}:{quote(found['PASSWORD'], safe='')}"
        there = {
            "S3_BUCKET": BUCKET,
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{self.to_bucket.port}",
            "AWS_ACCESS_KEY_ID": "drill",
            "AWS_SECRET_ACCESS_KEY": "drill",
            "AWS_DEFAULT_REGION": "us-east-1",
        } if self.bucket else {}  # fmt: skip
        return {
            **LIMITS,
            **there,
            "DJANGO_SETTINGS_MODULE": FAKE_ENGINE,
            "DATABASE_URL": f"postgresql://{login}@127.0.0.1:{self.to_database.port}/{found['NAME']}",
            "REDIS_URL": self.redis.url,
            "SECRET_KEY_FILE": str(self.template / "secrets" / "secret_key"),
            "TEMPLATE_KEY_FILE": str(self.template / "secrets" / "template_key"),
            "PUBLIC_URL": f"https://localhost:{self.ports[1]}",
            "TRUSTED_PROXIES": "1",
            "ANALYSIS_LEASE_SECONDS": "5",
            **self.variables,
        }

    def _start_nginx(self, undo: ExitStack) -> None:
        folder = self.folder / "nginx"
        folder.mkdir()
        certificate = make_certificate(folder)
        command = run_nginx(folder, [host.address for host in self.hosts], folder, self.ports)
        self.nginx = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        undo.callback(self.nginx.wait)
        undo.callback(self.nginx.terminate)
        self.url, self.certificate = f"https://localhost:{self.ports[1]}", certificate
        eventually(self._is_reachable)

    def _is_reachable(self) -> bool:
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{self.url}/health/ready", verify=self.certificate, timeout=60).status_code == 200
        return False

    def _make_event(self) -> Site:
        made = self._post("sessions", {"name": "Drill", "facepass_enabled": True})
        gallery = self._post("galleries", {"title": "Drill", "session_id": made["id"]})
        with self.connect() as connection:
            ((code,),) = connection.execute("SELECT code FROM photo_sessions WHERE id = %s", [made["id"]]).fetchall()
        return Site(self.url, self.certificate, self.token, gallery["id"], made["id"], str(code))

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        address, key = f"{self.url}/api/v1/{path}/", {"Authorization": f"Bearer {self.token}"}
        answer = requests.post(address, json=body, headers=key, verify=self.certificate, timeout=60)
        assert answer.ok, answer.text
        return dict(answer.json())


def _is_made(client: Any) -> bool:
    with contextlib.suppress(Exception):
        client.create_bucket(Bucket=BUCKET)
        return True
    return False
