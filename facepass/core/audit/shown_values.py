"""Which tables' changes are told, and which of their values: the one list, of models by their labels.

A value that is not named here is told nowhere, so no descriptor, secret, address of a guest or file name gets into the
audit. A test fails for a model that is on none of the three lists.
"""

from typing import Final


def _names(names: str) -> tuple[str, ...]:
    return tuple(names.split())


# With the fields whose values are told before and after; none: that the row was changed, and which it was.
SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "facepass.User": _names("is_active is_staff is_superuser"),
    "facepass.Studio": _names(
        "name slug main_app_id time_zone colour contact controller privacy_contact supervisory_authority"
    ),
    "facepass.Membership": _names("studio user role"),
    "facepass.ApiKey": _names("name prefix scopes expires_at revoked_at"),
    "facepass.TotpSecret": (),
    "facepass.Passkey": _names("name"),
    "facepass.ProviderIdentity": (),
    "facepass.TrashEntry": _names("kind counts"),
    "facepass.Erasure": _names("kind counts"),
    "recognition.ModelVersion": _names("engine model active"),
    "recognition.RecognitionConfig": _names("value"),
    "recognition.RecognitionOverride": _names("session_id value"),
    "galleries.Gallery": _names("title kind shoot_date session_id guest_title shown_from"),
    "galleries.GalleryImage": _names("gallery hidden_from_guests tags rotation clock_shift state"),
    "galleries.Person": _names("real_name email external_id is_vip is_hidden"),
    "galleries.PersonLink": _names("person expires_at"),
    "galleries.PhotoFace": _names("person verified face_category"),
    "galleries.FaceCluster": _names("person rejected"),
    "galleries.FaceDecision": _names("kind face_count undone_at"),
    "galleries.LeftOutRequest": _names("session_id gallery_id faces photos later"),
    "galleries.Job": _names("kind state"),
    "galleries.Reference": (),
    "galleries.TemplateSet": _names("number active"),
    "training.FaceTrainingSession": _names("status"),
    "training.TrainingAct": _names("what"),
    "sessions_app.PhotoSession": _names(
        "name description status scheduled_at completed_at time_zone facepass_enabled code settings"
    ),
    "sessions_app.CameraAccount": _names("session folders_become"),
    "sessions_app.EventPrivacy": _names("legal_basis basis_note archived_at"),
    "sessions_app.StudioPrivacy": _names("legal_basis basis_note"),
    "sessions_app.GuestRules": _names("expires_at browsing uploads challenge downloads watermark"),
    "sessions_app.Guest": _names("notice language guardian consented_at withdrawn_at"),
    "sessions_app.ConsentRecord": (),
    "sessions_app.Hiding": _names("session"),
    "sessions_app.Hub": _names("name"),
    "sessions_app.HubEntry": _names("hub session"),
    "sessions_app.RetentionPeriods": _names("session templates faces guests photos bounds"),
    "sessions_app.RetentionStep": _names("kept warned_at done_at"),
    "sessions_app.Slideshow": _names("session"),
    "sessions_app.NoticeText": _names("version language digest"),
    "sessions_app.WebhookEndpoint": _names("url description events enabled"),
    "sessions_app.WebhookDelivery": _names("state"),
}
# Told by how many of their rows were written: too many to be told one by one, or bound to a guest.
COUNTED: Final = frozenset(
    _names("""
    facepass.RecoveryCode facepass.User_groups facepass.User_user_permissions facepass.TrashRow
    recognition.RecognitionConfigChange
    galleries.ImportedFile galleries.PhotoDescription galleries.SpareFace galleries.ErasedFace galleries.PersonTemplate
    galleries.LeftOutPerson galleries.EnrolmentConsent
    sessions_app.FoundPhoto sessions_app.Alert sessions_app.GuestUpload sessions_app.HiddenFace
    sessions_app.ShareLink_photos sessions_app.ShareLink sessions_app.ReturnLink sessions_app.ReadyNotice
    sessions_app.PossiblePhoto sessions_app.PixoraLink sessions_app.WebhookAttempt sessions_app.CameraFile
    """)
)
# What requests and work write beside what somebody wanted: no change of state that anybody answers for.
BOOKKEEPING: Final = frozenset(
    _names("""
    facepass.AuditEntry facepass.AuditedRow facepass.AuditHead facepass.OutboxEvent facepass.ErasedSubject
    facepass.RewrittenTable
    facepass.StaffNotice facepass.StaffNotice_told facepass.RateBucket facepass.KeptAnswer
    facepass.Chore facepass.Heartbeat facepass.Host facepass.WorkLease facepass.SignIn facepass.WorkCount
    galleries.LivenessChallenge galleries.SuggestionCount sessions_app.SessionDay sessions_app.KeyDay
    """)
)
# Of libraries, but for OAuth's, whose rows are tokens and grants: sign-ins, queues and Django's own log.
LIBRARIES: Final = frozenset(_names("admin auth contenttypes sessions django_q token_blacklist oauth2_provider"))


def is_told(label: str) -> bool:
    """Return whether a change of the model's rows makes an entry. A new model's does."""
    return label not in BOOKKEEPING and label.partition(".")[0] not in LIBRARIES
