"""The FTP server as a part of the installation: its settings, its process, and whether it listens."""

import os
import subprocess
import sys
from ipaddress import ip_network

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from facepass.ops import health
from facepass.ops.doctor.cameras import examine_ftp
from facepass.ops.supervisor import processes
from facepass.testing.stand_ins.cameras import HERE, write_certificate


def problems(**variables):
    """What the environment is refused for; empty where it is right."""
    code = "from facepass.env import load_environment as load; print(load().ftp_port)"
    environment = {"PATH": os.environ["PATH"], "FACEPASS_ENV_FILE": os.devnull, **variables}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=configured.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"FTP_PORT": "2121"}, "FTP_CERTIFICATE: needed where FTP_PORT is set and FTP_PLAIN_NETWORKS is not"),
        ({"FTP_PORT": "2121", "FTP_PLAIN_NETWORKS": "0.0.0.0/0"}, "FTP_PLAIN_NETWORKS: expected private networks"),
        ({"FTP_PORT": "2121", "FTP_PLAIN_NETWORKS": "10.0.0.0/8", "FTP_PASSIVE_PORTS": "9-1"}, "FTP_PASSIVE_PORTS"),
        ({"FTP_CERTIFICATE": "/c.pem"}, "FTP_PORT: needed where FTP_CERTIFICATE is set"),
        ({"FTP_PORT": "2121", "FTP_PLAIN_NETWORKS": "10.0.0.0/8"}, ""),
        ({}, ""),
    ],
)
def test_settings_that_refuse_every_camera_or_tell_passwords_to_everybody_stop_the_start(variables, named):
    said = problems(**variables)
    assert named in said
    assert bool(said) is bool(named)


def test_a_process_of_its_own_only_where_it_is_wanted(settings):
    settings.FTP_PORT = None
    assert processes.ftp_processes(environment={}) == []
    with pytest.raises(CommandError, match="FTP_PORT is not set"):
        call_command("ftp")
    settings.FTP_PORT = 2121
    (child,) = processes.ftp_processes(environment={})
    assert child.command[-1] == "ftp"
    assert not child.is_vital


def test_doctor_and_health_say_whether_it_listens(settings, plain_port):
    settings.FTP_PORT, settings.FTP_HOST = plain_port, HERE
    assert [(found.status, found.text.split(" ")[0]) for found in examine_ftp()] == [
        ("warning", "passwords"), ("ok", "listens"),
    ]  # fmt: skip
    assert health._ftp() == {"status": "ok", "port": plain_port}
    settings.FTP_PORT = 1
    assert [found.status for found in examine_ftp()] == ["warning", "error"]
    assert health._ftp()["status"] == "warning"


def test_a_certificate_that_cannot_be_used_is_named(settings, tmp_path):
    settings.FTP_PORT, settings.FTP_PLAIN_NETWORKS = 1, (ip_network("10.0.0.0/8"),)
    settings.FTP_CERTIFICATE, settings.FTP_CERTIFICATE_KEY = tmp_path / "none.pem", None
    assert next(examine_ftp()).text.startswith("FTP_CERTIFICATE: ")
    settings.FTP_CERTIFICATE, _key = write_certificate(tmp_path)
    assert "not a pair" in next(examine_ftp()).text
    with pytest.raises(CommandError, match="cannot start"):
        call_command("ftp")
