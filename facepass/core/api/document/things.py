"""What ids in paths and refusals are ids of, by the name that fields of the API have for it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# First word of a path after the version: the name by which everything else calls its `{id}`.
ID_OF_PATH = {
    "admin/keys": "key_id",
    "decisions": "decision_id",
    "enrolments": "enrolment_id",
    "faces": "face_id",
    "galleries": "gallery_id",
    "groups": "group_id",
    "guests": "guest_id",
    "images": "photo_id",
    "people": "person_id",
    "reference": "reference_id",
    "sessions": "session_id",
    "tasks": "task_id",
    "train": "training_id",
    "trash": "entry_id",
    "users": "person_id",
    "webhooks/deliveries": "delivery_id",
    "webhooks": "webhook_id",
}
# Label of a model: the name of its id.
ID_OF_MODEL = {
    "facepass.ApiKey": "key_id",
    "facepass.TrashEntry": "entry_id",
    "galleries.FaceCluster": "group_id",
    "galleries.FaceDecision": "decision_id",
    "galleries.Gallery": "gallery_id",
    "galleries.GalleryImage": "photo_id",
    "galleries.Job": "task_id",
    "galleries.LivenessChallenge": "challenge_id",
    "galleries.Person": "person_id",
    "galleries.PhotoFace": "face_id",
    "galleries.Reference": "reference_id",
    "sessions_app.Guest": "guest_id",
    "sessions_app.PhotoSession": "session_id",
    "sessions_app.WebhookDelivery": "delivery_id",
    "sessions_app.WebhookEndpoint": "webhook_id",
    "training.FaceTrainingSession": "training_id",
}


def find_id_name(path: str, parameter: str) -> str | None:
    """Return what the rest of the API calls the id that the path names `parameter`; None for a path without ids."""
    if parameter == "user_id":
        return "person_id"
    if parameter != "id":
        return parameter
    words = path.removeprefix("/api/v1/").removeprefix("/api/v2/")
    return next((name for start, name in ID_OF_PATH.items() if words.startswith(f"{start}/")), None)


# The last words of a sentence: "There is no … 3fa85f64-…"
NOUNS = {
    "challenge_id": pgettext_lazy("which is not there", "challenge"),
    "decision_id": _("decision"),
    "delivery_id": _("delivery"),
    "enrolment_id": pgettext_lazy("which is not there", "enrolment"),
    "entry_id": pgettext_lazy("which is not there", "entry of the trash"),
    "face_id": _("face"),
    "gallery_id": _("gallery"),
    "group_id": _("group"),
    "guest_id": _("guest"),
    "key_id": _("API key"),
    "person_id": _("person"),
    "photo_id": _("photo"),
    "reference_id": pgettext_lazy("which is not there", "reference"),
    "session_id": _("photo session"),
    "task_id": pgettext_lazy("which is not there", "task"),
    "training_id": _("training"),
    "webhook_id": _("webhook"),
}
