"""Cameras sign in: with the event's account and its present password, encrypted, and not by trying."""

import ftplib
from ipaddress import ip_network

import pytest

from facepass.core.access import rate_limits
from facepass.testing.factories import SessionFactory
from facepass.testing.stand_ins.cameras import HERE, Camera, SecureCamera, unchecked
from sessions_app.cameras import accounts
from sessions_app.ftp import connections
from sessions_app.models import CameraAccount, FoldersBecome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


@pytest.fixture
def event(studio):
    return SessionFactory(studio=studio)


@pytest.fixture
def access(event):
    return accounts.open_account(event, folders_become=FoldersBecome.GALLERIES)


def connect(port, kind=Camera, **options):
    camera = kind(**options)
    camera.connect(HERE, port)
    return camera


def test_only_a_hash_of_the_password_is_kept(access):
    row = CameraAccount.objects.get()
    assert access.password not in row.password
    assert len(access.password) == 12


def test_a_new_password_ends_the_former_one_and_keeps_the_name(event, access, plain_port):
    renewed = accounts.open_account(event, folders_become=FoldersBecome.TAGS)
    assert renewed.account.username == access.account.username
    with connect(plain_port) as camera:
        with pytest.raises(ftplib.error_perm, match="530"):
            camera.login(access.account.username, access.password)
        assert camera.login(access.account.username.upper(), renewed.password) == "230 Ready for photos."
    assert CameraAccount.objects.get().last_used_at is not None


@pytest.mark.parametrize("user", ["anonymous", "nobody", ""])
def test_nobody_else_signs_in(access, plain_port, user):
    with connect(plain_port) as camera, pytest.raises(ftplib.error_perm):
        camera.login(user, "x")
    with connect(plain_port) as camera, pytest.raises(ftplib.error_perm, match="530"):
        camera.nlst()


def test_wrong_passwords_are_locked_out_as_at_the_sign_in_and_right_ones_cost_nothing(access, plain_port, settings):
    settings.RATE_LIMITS = {"login": (1, 3)}
    for _time in range(5):
        with connect(plain_port) as camera:
            camera.login(access.account.username, access.password)
    for _time in range(3):
        with connect(plain_port) as camera, pytest.raises(ftplib.error_perm, match="530 Authentication failed"):
            camera.login(access.account.username, "wrong")
    with connect(plain_port) as camera, pytest.raises(ftplib.error_perm, match="530 Too many attempts"):
        camera.login(access.account.username, access.password)
    assert rate_limits.quota_wait_seconds("login", rate_limits.login_bucket(HERE))


def test_without_encryption_no_password_is_asked_for(access, secure_port):
    with connect(secure_port) as camera, pytest.raises(ftplib.error_perm, match="SSL/TLS required"):
        camera.login(access.account.username, access.password)
    with connect(secure_port, SecureCamera, context=unchecked()) as camera:
        camera.login(access.account.username, access.password)
        with pytest.raises(ftplib.error_perm, match="data channel"):  # the file would go unencrypted
            camera.send("a.JPG", b"x")


def test_a_server_without_a_certificate_is_for_closed_networks_only(access, plain_port, settings):
    settings.FTP_PLAIN_NETWORKS = ()
    with pytest.raises(ftplib.error_temp, match="Encryption is required"):
        connect(plain_port)


@pytest.mark.parametrize(
    ("address", "is_closed"),
    [("192.168.10.7", True), ("::ffff:192.168.10.7", True), ("192.168.11.7", False), ("203.0.113.1", False)],
)
def test_closed_networks(settings, address, is_closed):
    settings.FTP_PLAIN_NETWORKS = (ip_network("192.168.10.0/24"), ip_network("fd00::/8"))
    assert connections.is_in_closed_network(address) is is_closed
    assert connections.is_in_closed_network("fd00::1%eth0")
