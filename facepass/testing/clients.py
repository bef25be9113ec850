"""A studio, and clients of the API that act for it or for another one."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from facepass.models import ApiKey, Scope, Studio
from facepass.testing.factories import StudioFactory


@pytest.fixture
def studio(db: None) -> Studio:
    return StudioFactory()


@pytest.fixture
def client_of() -> Callable[..., APIClient]:
    """A client with a new API key: `client_of(studio, scopes=["read"])`."""

    def make(studio: Studio, **fields: Any) -> APIClient:
        _key, token = ApiKey.issue(studio, name="test", **{"scopes": Scope.values, **fields})
        return APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")

    return make


@pytest.fixture
def api(studio: Studio, client_of: Callable[..., APIClient]) -> APIClient:
    """A partner of the studio, with every scope."""
    return client_of(studio)


@pytest.fixture
def stranger(client_of: Callable[..., APIClient]) -> APIClient:
    """A partner of another studio."""
    return client_of(StudioFactory())
