"""The examples of docs/api.md run as they stand, one after the other, against a running server.

To add one: a fenced block of `bash` in the document. It finds `BASE`, `KEY`, `NAME`, `PASSWORD` and `PICTURE`,
and fails where a command fails, so give curl `--fail-with-body`. The fake engine looks at the picture.
"""

import os
import re
import subprocess

import pytest
from django.conf import settings

from facepass.testing.live import manage, start
from facepass.testing.pictures.fake import picture_of

FAKE = {"DJANGO_SETTINGS_MODULE": "facepass.testing.engines.fake_settings"}
ACCOUNTS = """
from facepass.models import ApiKey, Membership, Role, Scope, Studio, User
studio = Studio.objects.create(name="Studio", slug="studio")
user = User.objects.create_user("anna", password="correct horse battery")
Membership.objects.create(user=user, studio=studio, role=Role.OWNER)
print("key:", ApiKey.issue(studio, name="docs", scopes=Scope.values)[1])
"""


@pytest.fixture
def running(live_home):
    found = start(live_home, **FAKE)
    yield found
    found.stop()


def test_every_example_runs(running, tmp_path):
    made = manage(running.home, "shell", "-c", ACCOUNTS, **FAKE)
    key = re.findall(r"key: (fp_\S+)", made.stdout)[0]
    picture = tmp_path / "maria.jpg"
    picture.write_bytes(picture_of(["maria"]))
    given = {"BASE": running.url, "KEY": key, "NAME": "anna", "PASSWORD": "correct horse battery", "PICTURE": picture}
    text = (settings.BASE_DIR / "docs" / "api.md").read_text()
    blocks = re.findall(r"^```bash\n(.+?)^```", text, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            env={**os.environ, **given},
            timeout=600,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    assert running.query("SELECT count(*) FROM galleries WHERE title LIKE 'Wedding%'") == [
        (1,)
    ]  # the one that was sent twice
