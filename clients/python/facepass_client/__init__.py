"""A typed client of the FacePass REST API: every operation, waiting (`FacePass`) and for asyncio (`AsyncFacePass`)."""

from facepass_client import models
from facepass_client.calls import NOT_GIVEN
from facepass_client.client import AsyncFacePass, FacePass
from facepass_client.errors import (
    CannotBeUsed,
    ChangedMeanwhile,
    Conflict,
    FacePassError,
    InvalidRequest,
    InvalidSignature,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    NotReadable,
    RateLimited,
    Refused,
    ServerFailed,
    ServerUnreachable,
    StillRunning,
    TooLarge,
    TooSlow,
)
from facepass_client.paging import AsyncPaged, Paged
from facepass_client.pictures import Named, OnProgress, Picture
from facepass_client.retries import Retries
from facepass_client.webhooks import SIGNATURE_HEADER, Event, check_signature, read_event

__all__ = [
    "NOT_GIVEN",
    "SIGNATURE_HEADER",
    "AsyncFacePass",
    "AsyncPaged",
    "CannotBeUsed",
    "ChangedMeanwhile",
    "Conflict",
    "Event",
    "FacePass",
    "FacePassError",
    "InvalidRequest",
    "InvalidSignature",
    "Named",
    "NotAuthenticated",
    "NotFound",
    "NotPermitted",
    "NotReadable",
    "OnProgress",
    "Paged",
    "Picture",
    "RateLimited",
    "Refused",
    "Retries",
    "ServerFailed",
    "ServerUnreachable",
    "StillRunning",
    "TooLarge",
    "TooSlow",
    "check_signature",
    "models",
    "read_event",
]
