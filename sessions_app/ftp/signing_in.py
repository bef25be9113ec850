"""Who may enter, and what a camera may do: send files, make folders, and see what it sent."""

from typing import Any

from pyftpdlib.exceptions import AuthenticationFailed

from facepass.core.access.rate_limits import counted_address
from facepass.core.errors import FacePassError
from sessions_app.cameras import accounts

# Of pyftpdlib's letters: enter folders, list them, make them, write files. No reading, deleting, renaming or appending.
PERMISSIONS = "elmw"


class CameraAuthorizer:
    """pyftpdlib's protocol of an authorizer."""

    def validate_authentication(self, username: str, password: str, handler: Any) -> None:
        """Note the account at the handler. Raise AuthenticationFailed, the reply to which pyftpdlib delays."""
        try:
            handler.account = accounts.authenticate(username, password, address=counted_address(handler.remote_ip))
        except FacePassError as refusal:
            wait = refusal.retry_after
            raise AuthenticationFailed(f"too many attempts, wait {wait} s." if wait else "") from refusal

    def has_perm(self, username: str, perm: str, path: str | None = None) -> bool:
        return perm in PERMISSIONS

    def get_perms(self, username: str) -> str:
        return PERMISSIONS

    def get_home_dir(self, username: str) -> str:
        return "/"

    def get_msg_login(self, username: str) -> str:
        return "Ready for photos."

    def get_msg_quit(self, username: str) -> str:
        return "Goodbye."

    def impersonate_user(self, username: str, password: str) -> None:
        """Nothing is done as a user of this machine."""

    def terminate_impersonation(self, username: str) -> None:
        """As above."""
