"""Fixtures that the apps' conftests share: an engine that needs no weights, and clients of several kinds."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from facepass.models import ApiKey, Scope, Studio
from facepass.testing.factories import StudioFactory
from recognition.engines import registry
from recognition.engines.fake import FakeEngine

__all__ = ["api", "client_of", "fake_engine", "stranger", "studio"]


@pytest.fixture
def fake_engine() -> Iterator[Any]:
    with registry.use(FakeEngine()) as engine:
        yield engine


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
