"""Rows of the ground floor.

accounts.py  users, studios, memberships, API keys      events.py   the outbox
requests.py  rate limits and kept answers               notices.py  what staff are told
work.py      signs of life, work leases, chores
"""

from facepass.models.accounts import (
    PARTNER_SCOPES,
    ROLE_SCOPES,
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
from facepass.models.work import Chore, Heartbeat, WorkLease

__all__ = [
    "PARTNER_SCOPES",
    "ROLE_SCOPES",
    "ApiKey",
    "Chore",
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
    "User",
    "WorkLease",
    "token_digest",
]
