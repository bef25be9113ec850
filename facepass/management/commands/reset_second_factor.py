"""Takes a member's second factors away, for who is locked out and has nobody to ask."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facepass.core.access.sign_in import second_factors
from facepass.models import User

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *_args: Any, username: str, **_options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"Nobody is called {username}.")
        second_factors.reset(user)
        log.warning("the second factors of user %s were reset on the command line", user.pk)
        self.stdout.write(f"{username} has no second factor any more, and was signed out everywhere.")
