"""Every path × every role and scope × own and other studio, exactly as `access_matrix.py` says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from facepass.models import ROLE_SCOPES, ApiKey, Role, Scope, Studio
from facepass.testing import access_matrix
from facepass.testing.factories import MembershipFactory, StudioFactory
from recognition.engines import registry
from recognition.engines.fake import FakeEngine

METHODS = ("get", "post", "put", "patch", "delete")


def patterns(found: Any = None, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Every path of the URL conf but the admin's, with its view; parameters as `{}`."""
    for one in (found or get_resolver()).url_patterns:
        path = prefix + re.sub(r"<[^>]+>", "{}", str(one.pattern))
        if isinstance(one, URLPattern):
            yield path, one.callback
        elif one.namespace != "admin":
            yield from patterns(one, path)


def methods(view: Any) -> set[str]:
    """Those that a view of the API answers; a plain view has none of its own."""
    if not hasattr(view, "cls"):
        return set()
    allowed = set(getattr(view, "actions", None) or [m for m in METHODS if hasattr(view.cls, m)])
    return {method.upper() for method in allowed & set(METHODS) & set(view.cls.http_method_names)}


def test_every_path_and_method_has_its_row():
    there = {(method, path) for path, view in patterns() for method in methods(view)}
    told = {(row.method, re.sub(r"{\w+}", "{}", row.path.partition("?")[0])) for row in access_matrix.ROWS}
    assert sorted(there - told) == [], "say in facepass/testing/access_matrix.py who may call these"
    assert sorted(told - there) == [], "these paths are gone from the URL conf"
    assert {path for path, view in patterns() if not hasattr(view, "cls")} == access_matrix.PAGES


@dataclass(frozen=True)
class Actor:
    """Somebody who asks, in the studio of the objects or in another one."""

    name: str
    own: bool
    scopes: frozenset[str] | None
    """None: unknown."""
    client: APIClient

    def expects(self, row: access_matrix.Row) -> int:
        if row.scope is None:
            return row.own
        if self.scopes is None:
            return 401
        if row.scope not in self.scopes:
            return 403
        if self.own and self.name in row.refused:
            return 403
        return row.own if self.own else row.elsewhere


def actors(studio: Studio, *, own: bool) -> Iterator[Actor]:
    """Nobody, one member of each role, and one key of each scope."""
    yield Actor("nobody", own, None, APIClient())
    for role in Role:
        token = AccessToken.for_user(MembershipFactory(studio=studio, role=role).user)
        token.set_exp(lifetime=timedelta(days=1))  # all rows are asked with it
        yield Actor(role, own, ROLE_SCOPES[role], APIClient(HTTP_AUTHORIZATION=f"Bearer {token}"))
    for scope in Scope:
        _key, token = ApiKey.issue(studio, name=scope, scopes=[scope])
        yield Actor(f"key:{scope}", own, frozenset({scope}), APIClient(HTTP_AUTHORIZATION=f"Bearer {token}"))


@pytest.fixture(scope="module")
def everybody(shared_rows: None) -> Iterator[tuple[list[Actor], access_matrix.World]]:
    """Everybody who asks, and the objects asked about: the same for all rows, since each call is undone."""
    with registry.use_engine(FakeEngine()):
        studio = StudioFactory()
        world = access_matrix.world(studio)
        yield [*actors(studio, own=True), *actors(StudioFactory(), own=False)], world


@pytest.fixture
def one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """The document of the API takes a second to make, and is the same for everybody."""
    made: list[Any] = []
    make = SchemaGenerator.get_schema

    def get_schema(*arguments: Any, **options: Any) -> Any:
        if not made:
            made.append(make(*arguments, **options))
        return made[0]

    monkeypatch.setattr(SchemaGenerator, "get_schema", get_schema)


def answer(
    client: APIClient,
    row: access_matrix.Row,
    its: access_matrix.World,
    *,
    body: access_matrix.World | None = None,
    more: dict[str, Any] | None = None,
    keep: bool = False,
) -> int:
    """The status; what the call changed is undone, unless it is to be kept.

    `body`: the objects that the body names, where they are not those of the path. `more`: further fields of the body.
    """
    call = getattr(client, row.method.lower())
    path = row.path.format(**its)
    sent = row.json(body or its) if callable(row.json) else row.json
    sent = {**sent, **more} if more else sent
    with transaction.atomic():
        if row.form:
            status = call(path, row.form(body or its), format="multipart").status_code
        else:
            status = call(path, sent, format="json").status_code if sent is not None else call(path).status_code
        transaction.set_rollback(not keep)
    return status


@pytest.mark.django_db
@pytest.mark.parametrize("row", access_matrix.ROWS, ids=lambda row: f"{row.method} {row.path}")
@pytest.mark.usefixtures("fake_engine", "one_document")
def test_everyone_is_answered_as_the_matrix_says(row, everybody):
    actors, its = everybody
    expected = {(actor.own, actor.name): actor.expects(row) for actor in actors}
    assert {(actor.own, actor.name): answer(actor.client, row, its) for actor in actors} == expected
