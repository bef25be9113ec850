"""The examples of docs/api.md run as they stand, one after the other, against a running server.

To add one: a fenced block of `bash` in the document. It finds `BASE`, `KEY`, `NAME` and `PASSWORD`, and fails where a
command fails, so give curl `--fail-with-body`.
"""

import os
import re
import subprocess

from django.conf import settings

from facepass.tests.live import manage

ACCOUNTS = """
from facepass.models import ApiKey, Membership, Role, Scope, Studio, User
studio = Studio.objects.create(name="Studio", slug="studio")
user = User.objects.create_user("anna", password="correct horse battery")
Membership.objects.create(user=user, studio=studio, role=Role.OWNER)
print("key:", ApiKey.issue(studio, name="docs", scopes=Scope.values)[1])
"""


def test_every_example_runs(live):
    made = manage(live.home, "shell", "-c", ACCOUNTS)
    key = re.findall(r"key: (fp_\S+)", made.stdout)[0]
    given = {"BASE": live.url, "KEY": key, "NAME": "anna", "PASSWORD": "correct horse battery"}
    text = (settings.BASE_DIR / "docs" / "api.md").read_text()
    blocks = re.findall(r"^```bash\n(.+?)^```", text, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    assert live.query("SELECT count(*) FROM galleries") == [(1,)]  # the one that was sent twice
