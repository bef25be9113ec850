"""Makes an installation ready, without questions: migrates, and makes a studio, its owner and a key.

Run again, it changes nothing that is there. A password and a key that it makes are printed once.
"""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify

from facepass.core.database.advisory_locks import LockPurpose, hold_lock
from facepass.ops.first_studio import SetUp, set_up


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--studio", default="Studio", help="the studio's name, where it is made")
        parser.add_argument("--slug", help="its name in addresses, by which it is known again; of its name by default")
        parser.add_argument("--admin", default="admin", help="the name by which its owner, a superuser, signs in")
        parser.add_argument("--email", default="", help="the owner's e-mail address")
        parser.add_argument("--password-file", help="a file with the password, - for the input; else a random one")
        parser.add_argument("--key", default="app", help="the name of the API key")
        parser.add_argument("--json", action="store_true", help="print an object with all of it")

    def handle(self, *_args: Any, studio: str, admin: str, email: str, key: str, **options: Any) -> None:
        slug = options["slug"] or slugify(studio) or "studio"
        password = _read_password(options["password_file"])
        with hold_lock(LockPurpose.MIGRATION):
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
            try:
                there = set_up(name=studio, slug=slug, admin=admin, email=email, password=password, key=key)
            except ValidationError as refusal:
                raise CommandError(" ".join(refusal.messages)) from None
        # What was given is known, and the output may be kept.
        told = replace(there, password="") if password else there
        self._print(told, as_json=options["json"], admin_with_given=bool(password and there.password))

    def _print(self, there: SetUp, *, as_json: bool, admin_with_given: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(asdict(there), indent=2))
            return
        self.stdout.write(f"studio {there.studio}")
        admin = "made, with that password" if admin_with_given else _made_or_there("password", there.password)
        self.stdout.write(f"admin {there.admin}: {admin}")
        self.stdout.write(f"key {there.key}: {_made_or_there('token', there.token)}")


def _made_or_there(what: str, value: str) -> str:
    return f"made, {what} {value}" if value else "was there"


def _read_password(path: str | None) -> str:
    if path is None:
        return ""
    try:
        text = sys.stdin.readline() if path == "-" else Path(path).read_text()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {type(error).__name__}") from None
    if not text.strip():
        raise CommandError(f"{path} holds no password.")
    return text.strip()
