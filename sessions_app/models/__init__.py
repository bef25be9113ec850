from sessions_app.models.alert import Alert
from sessions_app.models.analytics import KeyDay, SessionDay
from sessions_app.models.camera import CameraAccount, CameraFile, FoldersBecome
from sessions_app.models.guest import FoundPhoto, Guest, GuestRules
from sessions_app.models.guest_upload import GuestUpload
from sessions_app.models.hiding import HiddenFace, Hiding
from sessions_app.models.hub import Hub, HubEntry
from sessions_app.models.links import ReturnLink, ShareLink
from sessions_app.models.notice import ReadyNotice
from sessions_app.models.notice_text import ConsentRecord, NoticeText
from sessions_app.models.pixora import PixoraLink, PixoraSession
from sessions_app.models.possible import PossiblePhoto
from sessions_app.models.privacy.legal_basis import EventPrivacy, LegalBasis, StatedBasis, StudioPrivacy
from sessions_app.models.privacy.retention import Kept, RetentionPeriods, RetentionStep
from sessions_app.models.session import Origin, PhotoSession, PhotoSessionQuerySet, new_code
from sessions_app.models.slideshow import Slideshow
from sessions_app.models.webhook import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "Alert",
    "CameraAccount",
    "CameraFile",
    "ConsentRecord",
    "DeliveryState",
    "EventPrivacy",
    "FoldersBecome",
    "FoundPhoto",
    "Guest",
    "GuestRules",
    "GuestUpload",
    "HiddenFace",
    "Hiding",
    "Hub",
    "HubEntry",
    "Kept",
    "KeyDay",
    "LegalBasis",
    "NoticeText",
    "Origin",
    "PhotoSession",
    "PhotoSessionQuerySet",
    "PixoraLink",
    "PixoraSession",
    "PossiblePhoto",
    "ReadyNotice",
    "RetentionPeriods",
    "RetentionStep",
    "ReturnLink",
    "SessionDay",
    "ShareLink",
    "Slideshow",
    "StatedBasis",
    "StudioPrivacy",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "new_code",
]
