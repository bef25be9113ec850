"""Drills: each part of a deployment is killed, frozen, filled or cut off under traffic, and what happened is counted.

    python deploy/drill/run.py [NAME …]     all without a name; --list names them

Real PostgreSQL, Redis and nginx with TLS, an S3 server (moto) behind a relay that can fail, and two hosts on this
machine, which run `manage.py up` with the tests' fake face engine: faces are not the subject. Needs redis-server,
nginx, openssl, and requirements-dev.txt; root's rights for a full disk. Prints a table, and ends with 1 where something
did not hold. docs/drills.md has the figures of a run.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from measuring import Finding

CHECKOUT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    sys.path.insert(0, str(CHECKOUT))
    home = tempfile.mkdtemp(prefix="facepass-drill-")
    os.environ.update(FACEPASS_HOME=home, FACEPASS_ENV_FILE=os.devnull, DJANGO_SETTINGS_MODULE="facepass.settings")
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(1))  # so that what was started is stopped
    try:
        return run_drills(arguments.names, only_list=arguments.list)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def run_drills(names: list[str], *, only_list: bool) -> int:
    import measuring
    import part_drills
    import whole_drills
    from stack import Stack, make_template

    from facepass.testing import live

    known = [*part_drills.DRILLS, *whole_drills.DRILLS]
    if only_list:
        print("\n".join(known))
        return 0
    if unknown := set(names) - set(known):
        print(f"no such drill: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    wanted = names or known
    template, token = make_template()
    findings = []
    try:
        of_parts = [name for name in wanted if name in part_drills.DRILLS]
        if of_parts:
            with Stack(template, token) as stack:
                for name in of_parts:
                    findings.append(attempt(name, lambda name=name: part_drills.DRILLS[name](stack)))
                problems = stack.check_files()
                findings[-1].expect(not problems, f"check_files: {problems[:3]}")
        for name in wanted:
            if name in whole_drills.DRILLS:
                findings.append(attempt(name, lambda name=name: whole_drills.DRILLS[name](template, token)))
    finally:
        live.remove(template)
    measuring.print_table(findings)
    return 1 if any(finding.problems for finding in findings) else 0


def attempt(name: str, drill: "Callable[[], Finding]") -> "Finding":
    """Return what the drill finds; one that breaks off is a finding too."""
    from measuring import Finding

    print(f"{name} …", file=sys.stderr, flush=True)
    try:
        finding = drill()
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are run
        traceback.print_exc()
        finding = Finding(name, problems=[f"broke off: {type(error).__name__}: {error}"])
    print(f"    {finding}", file=sys.stderr, flush=True)
    return finding


if __name__ == "__main__":
    sys.exit(main())
