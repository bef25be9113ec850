from typing import Any

from oauth2_provider.scopes import BaseScopes

from facepass.models import Scope


class ScopesOfKey(BaseScopes):
    """A token may have what its application's key has, and has all of it where it asks for nothing."""

    def get_all_scopes(self) -> dict[str, str]:
        return {scope.value: str(scope.label) for scope in Scope}

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Return the key's scopes. No token sets up the installation: who may make one for a studio's keys may not."""
        held = application.key.scopes if application else Scope.values
        return [scope for scope in held if scope != Scope.INSTALLATION]

    get_default_scopes = get_available_scopes
