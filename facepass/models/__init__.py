"""Rows of the ground floor.

accounts.py  users, studios, memberships, API keys      events.py   the outbox
requests.py  rate limits and kept answers               notices.py  what staff are told
sign_in.py   second factors, sign-ins, who somebody is at a provider
work.py      signs of life, leases, chores, counts   trash.py    what was deleted, and receipts
audit.py     who changed what
"""

from facepass.models.accounts import (
    EDITORS,
    MANAGERS,
    PARTNER_SCOPES,
    ROLE_SCOPES,
    STUDIO_SCOPES,
    VERIFIERS,
    ApiKey,
    Membership,
    Role,
    Scope,
    Studio,
    User,
    token_digest,
)
from facepass.models.audit import ActorKind, AuditedRow, AuditEntry, AuditHead
from facepass.models.events import EventType, OutboxEvent
from facepass.models.notices import NoticeKind, StaffNotice
from facepass.models.requests import KeptAnswer, RateBucket
from facepass.models.sign_in import Passkey, ProviderIdentity, RecoveryCode, SignIn, SignInMethod, TotpSecret
from facepass.models.trash import ErasedSubject, Erasure, RewrittenTable, TrashEntry, TrashRow
from facepass.models.work import Chore, Heartbeat, Host, WorkCount, WorkLease

__all__ = [
    "EDITORS",
    "MANAGERS",
    "PARTNER_SCOPES",
    "ROLE_SCOPES",
    "STUDIO_SCOPES",
    "VERIFIERS",
    "ActorKind",
    "ApiKey",
    "AuditEntry",
    "AuditHead",
    "AuditedRow",
    "Chore",
    "ErasedSubject",
    "Erasure",
    "EventType",
    "Heartbeat",
    "Host",
    "KeptAnswer",
    "Membership",
    "NoticeKind",
    "OutboxEvent",
    "Passkey",
    "ProviderIdentity",
    "RateBucket",
    "RecoveryCode",
    "RewrittenTable",
    "Role",
    "Scope",
    "SignIn",
    "SignInMethod",
    "StaffNotice",
    "Studio",
    "TotpSecret",
    "TrashEntry",
    "TrashRow",
    "User",
    "WorkCount",
    "WorkLease",
    "token_digest",
]
