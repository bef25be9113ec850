"""Looks whether the parts of this installation are there and fit together; one line each. Exits with 1 at an error."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from facepass.ops import doctor
from facepass.ops.doctor.finding import Finding


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []  # it says more, and goes on

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="a list of objects with name, status and text")

    def handle(self, *_args: Any, json: bool, **_options: Any) -> None:
        findings = []
        for finding in doctor.examine():
            findings.append(finding)
            if not json:
                self.stdout.write(finding.line)
        if json:
            self.stdout.write(_as_json(findings))
        if any(finding.status == "error" for finding in findings):
            raise SystemExit(1)


def _as_json(findings: list[Finding]) -> str:
    return json.dumps([asdict(finding) for finding in findings], indent=2)
