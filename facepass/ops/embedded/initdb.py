"""Creates the server's data folder (PostgreSQL calls it a cluster), whole or not at all, and checks its version."""

import shutil
import subprocess
from pathlib import Path

from facepass.ops.embedded.binaries import POSTGRESQL_MAJOR
from facepass.ops.embedded.errors import EmbeddedPostgresError
from facepass.ops.embedded.os_account import Account
from facepass.ops.embedded.paths import DATABASE, ROLE

# The builtin provider needs no locale of the operating system, so data sort the same on every machine.
LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
# Nobody logs in as the superuser: it exists for the few statements of `_prepare` only.
SUPERUSER = "postgres"
HBA = f"local all {ROLE} scram-sha-256\n"


def ensure_cluster(data: Path, *, binaries: Path, account: Account, password: str) -> None:
    """Create the data folder where there is none. Raise EmbeddedPostgresError where it is unusable."""
    if (data / "PG_VERSION").exists():
        _refuse_other_version(data)
        return
    if data.exists() and any(data.iterdir()):
        raise EmbeddedPostgresError(
            f"{data} is not empty and not a PostgreSQL data folder; move it away and start again"
        )
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    account.make_folder(draft)
    _create(draft, binaries=binaries, account=account)
    _prepare(draft, binaries=binaries, account=account, password=password)
    draft.rename(data)


def _refuse_other_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != str(POSTGRESQL_MAJOR):
        raise EmbeddedPostgresError(
            f"{data} was made by PostgreSQL {found}, this is {POSTGRESQL_MAJOR}: "
            "dump it with the old version, or set DATABASE_URL"
        )


def _create(data: Path, *, binaries: Path, account: Account) -> None:
    options = ["--username", SUPERUSER, "--auth=reject", "--data-checksums", *LOCALE]
    # --no-sync: the data are empty, and `_prepare` ends with a checkpoint of its own.
    _run([binaries / "bin" / "initdb", "-D", data, "--no-sync", *options], account=account)
    (data / "pg_hba.conf").write_text(HBA)


def _prepare(data: Path, *, binaries: Path, account: Account, password: str) -> None:
    """Create the role, the extension and the database in single-user mode, so that no superuser ever has a password.

    pgvector goes into `template1`, because only a superuser may install it; every database made later has it. The role
    may begin a segment of the log and write a checkpoint, so that what was deleted leaves the log at once.
    """
    statements = f"""\
CREATE EXTENSION vector;
CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}';
GRANT pg_checkpoint TO {ROLE};
GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {ROLE};
CREATE DATABASE {DATABASE} OWNER {ROLE};
"""
    options = ["-c", "password_encryption=scram-sha-256", "-c", "exit_on_error=on"]
    _run(
        [binaries / "bin" / "postgres", "--single", "-D", data, *options, "template1"], account=account, text=statements
    )


def _run(command: list[str | Path], *, account: Account, text: str = "") -> None:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    done = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        cwd="/",
        env=environment,
        check=False,
        **account.subprocess_options(),
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise EmbeddedPostgresError(f"{Path(command[0]).name} failed: {lines[-1]}")
