"""Rows of the ground floor.

accounts.py  users, studios, memberships, API keys      events.py   the outbox
requests.py  rate limits and kept answers               notices.py  what staff are told
work.py      signs of life, work leases, chores         trash.py    what was deleted, and receipts
"""

from facepass.models.accounts import (
    EDITORS,
    MANAGERS,
    PARTNER_SCOPES,
    ROLE_SCOPES,
    VERIFIERS,
    ApiKey,
    Membership,
    Role,
    Scope,
    Studio,
    User,
    token_digest,
)
from facepass.models.events import EventType, OutboxEvent
from facepass.models.notices import NoticeKind, StaffNotice
from facepass.models.requests import KeptAnswer, RateBucket
from facepass.models.trash import Erasure, TrashEntry, TrashRow
from facepass.models.work import Chore, Heartbeat, WorkLease

__all__ = [
    "EDITORS",
    "MANAGERS",
    "PARTNER_SCOPES",
    "ROLE_SCOPES",
    "VERIFIERS",
    "ApiKey",
    "Chore",
    "Erasure",
    "EventType",
    "Heartbeat",
    "KeptAnswer",
    "Membership",
    "NoticeKind",
    "OutboxEvent",
    "RateBucket",
    "Role",
    "Scope",
    "StaffNotice",
    "Studio",
    "TrashEntry",
    "TrashRow",
    "User",
    "WorkLease",
    "token_digest",
]
