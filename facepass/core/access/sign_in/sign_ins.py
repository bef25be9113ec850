"""Where a member is signed in to the admin: one row for each session, and signing out there.

A session that ends takes its open websockets with it (`galleries.consumers`).
"""

import re
import secrets
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from facepass.core.access.rate_limits import client_address
from facepass.core.access.sign_in.session_store import stored_key
from facepass.models import SignIn, SignInMethod, User

# In a session: the stored key for which it has a row, when that was written, and when and how the member signed in.
MARK = "sign_in"
# `last_seen_at` is told to so much.
SEEN_PRECISION = timedelta(minutes=5)
# For so long after signing in a member may change how they sign in.
RECENT = timedelta(minutes=15)
# Of an address these bits are kept.
KEPT_BITS = {4: 24, 6: 48}
# In this order: each also names those behind it.
BROWSERS = (("Edge", r"Edg\w*/"), ("Opera", r"OPR/"), ("Yandex", r"YaBrowser/"), ("Firefox", r"Firefox/|FxiOS/"),
            ("Chrome", r"Chrome/|CriOS/"), ("Safari", r"Safari/"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iOS", "iPhone|iPad"), ("Windows", "Windows"), ("macOS", "Mac OS X"),
           ("ChromeOS", "CrOS"), ("Linux", "Linux"))  # fmt: skip


def begin(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Write down that the user has just signed in with this session. A receiver of Django's `user_logged_in`.

    How, the view has left at the request as `sign_in_method`.
    """
    now = timezone.now().isoformat()
    method = getattr(request, "sign_in_method", SignInMethod.PASSWORD)
    request.session[MARK] = {"since": now, "method": str(method)}
    _write(request, user_id=user.pk)


def end(request: HttpRequest, **_signal: Any) -> None:
    """Forget the session that is being signed out. A receiver of Django's `user_logged_out`."""
    if request.session.session_key:
        SignIn.objects.filter(session_key=stored_key(request.session.session_key)).delete()


def keep_current(request: HttpRequest) -> None:
    """Renew the row of the request's session where its key has changed, or it was not seen for some minutes.

    Nothing is read: what there is to know is in the session, which the request has loaded already.
    """
    session = request.session
    if not session.accessed or SESSION_KEY not in session or session.is_empty():
        return
    mark: dict[str, Any] = session.get(MARK, {})
    seen = datetime.fromisoformat(mark["seen"]) if "seen" in mark else None
    if mark.get("key") != stored_key(session.session_key) or seen is None or timezone.now() - seen > SEEN_PRECISION:
        _write(request, user_id=session[SESSION_KEY])


def _write(request: HttpRequest, *, user_id: Any) -> None:
    session, now = request.session, timezone.now()
    if session.session_key is None:
        session.create()
    key = stored_key(session.session_key)
    mark: dict[str, Any] = session.get(MARK, {})
    since = datetime.fromisoformat(mark["since"]) if "since" in mark else now
    values = {
        "user_id": user_id,
        "method": mark.get("method", SignInMethod.PASSWORD),
        "browser": name_browser(request.headers.get("User-Agent", "")),
        "address": shorten_address(client_address(request)),
        "last_seen_at": now,
    }
    if mark.get("key") not in (None, key):
        SignIn.objects.filter(session_key=mark["key"]).delete()
    SignIn.objects.update_or_create(session_key=key, defaults=values, create_defaults={**values, "created_at": since})
    session[MARK] = {**mark, "since": since.isoformat(), "key": key, "seen": now.isoformat()}


def is_recent(session: SessionBase) -> bool:
    """Return whether the member signed in only just now, so that nobody else sits before a screen left alone."""
    since = session.get(MARK, {}).get("since")
    return since is not None and timezone.now() - datetime.fromisoformat(since) < RECENT


def list_sign_ins(user: User) -> list[SignIn]:
    """Return where the user is signed in, the latest first. Rows whose session is over are deleted."""
    rows = list(user.sign_ins.all())
    living = Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now())
    keys = set(living.values_list("session_key", flat=True))
    user.sign_ins.exclude(session_key__in=keys).delete()
    return [row for row in rows if row.session_key in keys]


@transaction.atomic
def sign_out(sign_in: SignIn) -> None:
    Session.objects.filter(session_key=sign_in.session_key).delete()
    sign_in.delete()


@transaction.atomic
def sign_out_everywhere(user: User) -> None:
    """End all the user's sessions and tokens."""
    keys = list(user.sign_ins.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    user.sign_ins.all().delete()
    _begin_generation(user)


@transaction.atomic
def sign_out_elsewhere(user: User, session: SessionBase) -> None:
    """End all the user's tokens, and sessions but this one."""
    others = user.sign_ins.exclude(session_key=stored_key(session.session_key))
    Session.objects.filter(session_key__in=list(others.values_list("session_key", flat=True))).delete()
    others.delete()
    _begin_generation(user)
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()


def _begin_generation(user: User) -> None:
    """Have sessions and tokens of before not be recognised any more, also those without a row."""
    user.sign_in_generation = secrets.token_hex(8)
    user.save(update_fields=["sign_in_generation"])


def delete_over() -> None:
    """Delete sessions that are over, and rows without a session. A chore."""
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    SignIn.objects.exclude(session_key__in=living).delete()


def name_browser(agent: str) -> str:
    """Return what people call the browser, such as "Firefox, Windows"; empty for a program that names none."""
    found = [next((name for name, mark in some if re.search(mark, agent)), "") for some in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found))


def shorten_address(address: str) -> str:
    """Return the network of an address, which tells a town, not a house; empty for what is none."""
    try:
        found = ip_address(address.partition("/")[0])
    except ValueError:
        return ""
    return str(ip_network(f"{found}/{KEPT_BITS[found.version]}", strict=False))
