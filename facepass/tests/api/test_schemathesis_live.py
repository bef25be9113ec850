"""Whatever comes in, the running server answers as its document says: all operations, all checks of schemathesis.

A longer run: `SCHEMATHESIS_SECONDS=600 SCHEMATHESIS_EXAMPLES=200 pytest facepass/tests/api/test_schemathesis_live.py`.
With `-rP` it says how much was asked.
"""

import os
import subprocess
import sys
from pathlib import Path

import httpx

from facepass.testing.live import manage, start
from facepass.testing.waiting import PATIENCE_SECONDS

SECONDS = os.environ.get("SCHEMATHESIS_SECONDS", "15")
EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "3")
CONFIG = Path(__file__).with_name("schemathesis.toml")
UNLIMITED = {
    "RATE_LIMIT_REQUESTS_PER_MINUTE": "100000",
    "RATE_LIMIT_BURST": "100000",
    "RATE_LIMIT_KEY_REQUESTS_PER_MINUTE": "1000000",
    "RATE_LIMIT_KEY_BURST": "1000000",
}
OWNER = """
from facepass.models import Membership, Role, Studio, User
user = User.objects.create_user("owner", password="correct horse battery")
Membership.objects.create(user=user, studio=Studio.objects.create(name="Studio", slug="studio"), role=Role.OWNER)
"""


def test_no_input_makes_the_server_break_its_word(live_home):
    server = start(live_home, **UNLIMITED)
    try:
        made = manage(live_home, "shell", "-c", OWNER)
        assert made.returncode == 0, made.stderr
        login = {"username": "owner", "password": "correct horse battery"}
        # A member, because a key among the keys that schemathesis revokes would end the test.
        token = httpx.post(f"{server.url}/api/v1/auth/token", json=login, timeout=PATIENCE_SECONDS).json()["access"]
        found = run(server.url, token)
    finally:
        server.stop()
    sys.stdout.write(found.stdout[-6000:])
    assert found.returncode == 0, found.stdout[-20_000:]
    assert "Internal Server Error" not in server.output


def run(url: str, token: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", f"{url}/openapi.json",
        "--header", f"Authorization: Bearer {token}", "--header", "X-Studio: studio",
        "--max-examples", EXAMPLES, "--max-time", SECONDS, "--no-shrink", "--workers", "1",
        "--seed", "1", "--request-timeout", str(PATIENCE_SECONDS), "--generation-database", "none", "--no-color",
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=CONFIG.parent)
