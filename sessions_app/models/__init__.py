from sessions_app.models.alert import Alert
from sessions_app.models.analytics import SessionDay
from sessions_app.models.guest import FoundPhoto, Guest, GuestRules
from sessions_app.models.hiding import HiddenFace, Hiding
from sessions_app.models.links import ReturnLink, ShareLink
from sessions_app.models.notice import ReadyNotice
from sessions_app.models.pixora import PixoraLink, PixoraSession
from sessions_app.models.session import Origin, PhotoSession, PhotoSessionQuerySet, new_code
from sessions_app.models.webhook import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "Alert",
    "DeliveryState",
    "FoundPhoto",
    "Guest",
    "GuestRules",
    "HiddenFace",
    "Hiding",
    "Origin",
    "PhotoSession",
    "PhotoSessionQuerySet",
    "PixoraLink",
    "PixoraSession",
    "ReadyNotice",
    "ReturnLink",
    "SessionDay",
    "ShareLink",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "new_code",
]
