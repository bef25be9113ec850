"""A camera's connection, and the transfers on it."""

import logging
import sys
from ipaddress import IPv6Address, ip_address
from typing import Any, ClassVar

from django.conf import settings
from django.core.files import File
from django.db import DatabaseError
from django.db import connections as database_connections
from OpenSSL import SSL
from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_DTPHandler, TLS_FTPHandler

from sessions_app.cameras import accounts, receiving
from sessions_app.cameras.receiving import Outcome
from sessions_app.ftp.certificate import load_tls
from sessions_app.ftp.folders import CameraFolders
from sessions_app.ftp.incoming import TOO_LARGE, IncomingFile
from sessions_app.ftp.signing_in import CameraAuthorizer
from sessions_app.models import CameraAccount

log = logging.getLogger(__name__)

ENDED = "421 The account has ended."
COME_AGAIN = "451 Not stored. Send it again later."
BROKEN_OFF = "426 The connection was lost."
# A file is sent whole or not at all, and nothing that was taken is changed: these would promise otherwise.
NOT_SPOKEN = ("APPE", "REST", "STOU", "SITE", "SITE HELP", "SITE CHMOD", "MFMT")


def is_in_closed_network(address: str) -> bool:
    """Return whether cameras with that address may come without encryption."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in settings.FTP_PLAIN_NETWORKS)


class Transfer(DTPHandler):
    """A file on its way: what was received is made a photo before the camera gets its reply."""

    # Whether nothing more is to be done with what came: it was dealt with, or is dropped.
    is_done = False

    def enable_receiving(self, _type: str, cmd: str) -> None:
        """Take bytes as they come, whatever the camera forgot to say: as text, a picture would be broken."""
        super().enable_receiving("i", cmd)

    def handle_read_event(self) -> None:
        super().handle_read_event()
        file = self.file_obj
        if file is not None and file.problem and not self._closed:
            self.is_done = True
            self.cmd_channel.note_broken_off(file)
            self._resp = (file.problem, log.debug)
            self.close()

    def handle_close(self) -> None:
        """Drop what came where the connection was lost: pyftpdlib takes a reset, which it handles now, for an end."""
        if isinstance(sys.exception(), ConnectionError) and not self.is_done:
            self.is_done = True
            self._resp = (BROKEN_OFF, log.debug)
            self.close()
            return
        super().handle_close()

    def close(self) -> None:
        """May be called several times: TLS is ended in steps."""
        if self.transfer_finished and self.receive and not self.is_done:
            self.is_done = True
            self._resp = (COME_AGAIN, log.debug)  # what the camera is told where the next line fails
            self._resp = (self.cmd_channel.receive(self.file_obj), log.debug)
        super().close()


class SecureTransfer(Transfer, TLS_DTPHandler):
    """A transfer that may be encrypted."""


class Connection(FTPHandler):
    """A camera's connection, which has a thread of its own."""

    authorizer = CameraAuthorizer()
    abstracted_fs = CameraFolders
    banner = "FacePass takes photos."
    account: CameraAccount | None = None

    def found_terminator(self) -> None:
        """Obey a command. A camera may be quiet for minutes, so no connection to the database is kept for it."""
        try:
            super().found_terminator()
        except DatabaseError:
            log.exception("a camera's command failed")
            self.respond("451 Not now. Try again later.")
        finally:
            database_connections.close_all()

    def process_command(self, cmd: str, *args: str, **kwargs: str) -> None:
        """Refuse what touches files where the account has ended meanwhile."""
        if self.account and self.proto_cmds[cmd]["perm"] and not accounts.is_valid(self.account):
            self.respond(ENDED)
            self.close_when_done()
            return
        super().process_command(cmd, *args, **kwargs)

    def flush_account(self) -> None:
        super().flush_account()
        self.account = None

    def receive(self, file: IncomingFile) -> str:
        """Return the reply to a file that was received: 2xx taken, 4xx to be sent again, 5xx refused for good."""
        account = self.account
        if account is None:
            return ENDED
        file.content.flush()
        try:
            reception = receiving.receive_file(account, file.path, File(file.content, name=file.path.name))
        except (DatabaseError, OSError):
            log.exception("a camera's file could not be taken")
            return COME_AGAIN
        finally:
            database_connections.close_all()
        return {
            Outcome.TAKEN: "226 Taken.",
            Outcome.REFUSED: f"550 Not taken: {reception.code}.",
            Outcome.AGAIN: f"451 Send it again later: {reception.code}.",
            Outcome.ENDED: ENDED,
        }[reception.outcome]

    def note_broken_off(self, file: IncomingFile) -> None:
        """Tell staff of a file that is too large to be received."""
        if self.account is None or file.problem != TOO_LARGE:
            return
        try:
            receiving.note_too_large(self.account, file.path, size=file.size)
        finally:
            database_connections.close_all()


def spoken(commands: dict[str, Any]) -> dict[str, Any]:
    """Return pyftpdlib's commands without those that are not spoken here."""
    return {name: about for name, about in commands.items() if name not in NOT_SPOKEN}


class PlainConnection(Connection):
    """Where there is no certificate: for closed networks only."""

    proto_cmds: ClassVar = spoken(FTPHandler.proto_cmds)
    dtp_handler = Transfer

    def on_connect(self) -> None:
        if not is_in_closed_network(self.remote_ip):
            self.respond("421 Encryption is required, and this server has no certificate.")
            self.close_when_done()


class SecureConnection(Connection, TLS_FTPHandler):
    """Explicit TLS, for commands and files. From closed networks it may be left out."""

    proto_cmds: ClassVar = spoken(TLS_FTPHandler.proto_cmds)
    dtp_handler = SecureTransfer

    def __init__(self, conn: object, server: object, ioloop: object = None) -> None:
        super().__init__(conn, server, ioloop)
        if self.connected:
            self.tls_control_required = self.tls_data_required = not is_in_closed_network(self.remote_ip)

    @classmethod
    def get_ssl_context(cls) -> SSL.Context:
        return load_tls()
