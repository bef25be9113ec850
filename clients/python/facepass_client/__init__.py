"""A typed client of the FacePass REST API."""

from facepass_client.client import FacePass
from facepass_client.errors import Refused
from facepass_client.shapes import (
    Challenge,
    Detection,
    Face,
    FoundFace,
    Gallery,
    Match,
    Progress,
    Reference,
    SessionSearch,
    Task,
    UploadReport,
    User,
    Verdict,
    Verification,
)

__all__ = [
    "Challenge",
    "Detection",
    "Face",
    "FacePass",
    "FoundFace",
    "Gallery",
    "Match",
    "Progress",
    "Reference",
    "Refused",
    "SessionSearch",
    "Task",
    "UploadReport",
    "User",
    "Verdict",
    "Verification",
]
