"""The demo's studio, admin and API key, and the file `demo.json` with their credentials."""

import json
import os
import secrets
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.urls import reverse

from facepass.models import STUDIO_SCOPES, ApiKey, Membership, Role, Studio, User
from sessions_app.models import PhotoSession

ADMIN = "admin"


class Demo(TypedDict):
    """What `FACEPASS_HOME/demo.json` holds. It has secrets, so only its owner may read it."""

    base_url: str
    admin_url: str
    admin_user: str
    admin_password: str
    api_key: str
    session_id: str
    guest_url: str


def demo_file() -> Path:
    return settings.HOME / "demo.json"


def build_demo(session: PhotoSession) -> Demo:
    """Return the demo's addresses and credentials. Those that still work are kept; the others are created anew."""
    known = _read_demo()
    base = settings.PUBLIC_URL
    return Demo(
        base_url=base,
        admin_url=base + reverse("admin:index"),
        admin_user=ADMIN,
        admin_password=_working_password(session.studio, known.get("admin_password", "")),
        api_key=_working_key(session.studio, known.get("api_key", "")),
        session_id=str(session.pk),
        guest_url=base + reverse("guest-page", args=[session.code]),
    )


def write_demo(demo: Demo) -> None:
    draft = demo_file().with_suffix(".json.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(demo, file, indent=2)
        file.write("\n")
    draft.replace(demo_file())


def _read_demo() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(demo_file().read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


def _working_password(studio: Studio, password: str) -> str:
    admin, _made = User.objects.get_or_create(
        username=ADMIN, defaults={"is_staff": True, "is_superuser": True, "email": "admin@example.com"}
    )
    Membership.objects.get_or_create(studio=studio, user=admin, defaults={"role": Role.OWNER})
    if not password or not admin.check_password(password):
        password = secrets.token_urlsafe(12)
        admin.set_password(password)
        admin.save(update_fields=["password"])
    return password


def _working_key(studio: Studio, token: str) -> str:
    key = ApiKey.objects.authenticate(token) if token else None
    if key and key.studio_id == studio.pk:
        return token
    return ApiKey.issue(studio, name="Demo", scopes=list(STUDIO_SCOPES))[1]
