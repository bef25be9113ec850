"""Every path × every role and scope × own and other studio, exactly as `matrix.py` says."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from facepass.models import ROLE_SCOPES, ApiKey, Role, Scope
from facepass.testing import access_matrix as matrix
from facepass.testing.factories import MembershipFactory, StudioFactory

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
    told = {(row.method, re.sub(r"{\w+}", "{}", row.path.partition("?")[0])) for row in matrix.ROWS}
    assert sorted(there - told) == [], "say in facepass/testing/access_matrix.py who may call these"
    assert sorted(told - there) == [], "these paths are gone from the URL conf"
    assert {path for path, view in patterns() if not hasattr(view, "cls")} == matrix.PAGES


def actors(studio) -> Iterator[tuple[str, frozenset[str] | None, APIClient]]:
    """Name, scopes (None: unknown) and client of everyone in that studio: one of each role, one key of each scope."""
    yield "nobody", None, APIClient()
    for role in Role:
        token = AccessToken.for_user(MembershipFactory(studio=studio, role=role).user)
        yield role, ROLE_SCOPES[role], APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")
    for scope in Scope:
        _key, token = ApiKey.issue(studio, name=scope, scopes=[scope])
        yield f"key:{scope}", frozenset({scope}), APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")


def expected(row: matrix.Row, scopes: frozenset[str] | None, *, own: bool) -> int:
    if row.scope is None:
        return row.own
    if scopes is None:
        return 401
    if row.scope not in scopes:
        return 403
    return row.own if own else row.elsewhere


def answer(client: APIClient, row: matrix.Row, its: matrix.World) -> int:
    """The status; what the call changed is undone."""
    call = getattr(client, row.method.lower())
    path = row.path.format(**its)
    body = row.json(its) if callable(row.json) else row.json
    with transaction.atomic():
        if row.form:
            status = call(path, row.form(its), format="multipart").status_code
        else:
            status = call(path, body, format="json").status_code if body is not None else call(path).status_code
        transaction.set_rollback(True)
    return status


@pytest.mark.django_db
@pytest.mark.parametrize("row", matrix.ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_everyone_is_answered_as_the_matrix_says(row, studio, fake_engine):
    its = matrix.world(studio)
    told, seen = {}, {}
    for own, where in ((True, studio), (False, StudioFactory())):
        for name, scopes, client in actors(where):
            told[own, name] = expected(row, scopes, own=own)
            seen[own, name] = answer(client, row, its)
    assert seen == told
