"""What the API takes and answers with, as its document describes it. Made by clients/generate.py.

Answers are dicts, as they come: a newer server's further fields are in them too. Moments are text in UTC
(`2026-11-20T18:00:00Z`), ids are text.
"""

from typing import Any, Literal, NotRequired, TypedDict

BulkResultStatusEnum = Literal["created", "updated", "failed"]


CombineEnum = Literal["any", "all"]


ConfigChangeLevelEnum = Literal["installation", "studio", "event"]


DeletionOutcomeEnum = Literal["deleted", "started", "failed"]


DeliveryStateEnum = Literal["pending", "delivered", "failed"]


DetectionEnum = Literal["fast", "balanced", "thorough"]


EnrolmentStateEnum = Literal["pending", "running", "done", "failed"]


EventsEnum = Literal[
    "session.facepass_changed",
    "gallery.processed",
    "photo.failed",
    "face.enrolled",
    "face.refused",
    "guest.search_completed",
    "training.completed",
    "training.failed",
    "person.merged",
    "erasure.completed",
]


FaceCategoryEnum = Literal["unknown", "known", "ignored"]


KindEnum = Literal["merge", "split", "apart", "name", "reject", "hide", "confirm", "deny", "unite", "show"]


LegalBasisEnum = Literal["consent", "contract", "interests", "task", "other"]


PhotoStateEnum = Literal["pending", "processing", "processed", "failed", "quarantined"]


PrivacyLevelEnum = Literal["default", "installation", "studio", "event"]


ReasonEnum = Literal["hidden", "low_quality", "someone_else", "below_threshold", "other_model_version"]


RoleEnum = Literal["owner", "manager", "photographer", "verifier", "viewer"]


ScopesEnum = Literal["read", "write", "search", "admin", "installation"]


SessionStatusEnum = Literal["scheduled", "active", "completed", "cancelled"]


StepsEnum = Literal["turn_left", "turn_right", "look_straight", "come_closer"]


TaskStateEnum = Literal["pending", "running", "done", "failed", "cancelled"]


TrainingStatusEnum = Literal["pending", "running", "completed", "failed", "cancelled"]


ViaEnum = Literal["group", "face", "person"]


WhatEnum = Literal["prepared", "started", "activated", "rolled_back", "applied"]


class AcceptedPhoto(TypedDict):
    id: str
    """What it is addressed by."""
    filename: str
    """The name of the file."""
    state: NotRequired["PhotoStateEnum"]
    """With `wait`: what came of it."""
    error: NotRequired[str | None]
    """With `wait`: why it failed."""
    face_count: NotRequired[int]
    """With `wait`: how many faces were found."""


class AllBoundsRequest(TypedDict):
    """An object within a body, which refuses names that it does not know as the body itself does."""

    templates: NotRequired["BoundsRequest | None"]
    """How short and how long it may be; null for no bounds."""
    faces: NotRequired["BoundsRequest | None"]
    """How short and how long it may be; null for no bounds."""
    guests: NotRequired["BoundsRequest | None"]
    """How short and how long it may be; null for no bounds."""
    photos: NotRequired["BoundsRequest | None"]
    """How short and how long it may be; null for no bounds."""


Analytics = TypedDict(
    "Analytics", {"from": str, "to": str, "session_id": str, "total": "Usage", "days": "list[DayUsage]"}
)


class Attempt(TypedDict):
    number: int
    """Which attempt it was, from 1."""
    started_at: str
    """When it began; null until then."""
    duration_ms: float
    """How long it took, in milliseconds."""
    url: str
    """The address."""
    request_headers: Any
    """The headers that were sent."""
    status: int | None
    """HTTP status of the partner's answer; null where there was none."""
    answer: str
    """The beginning of what the partner's server answered."""
    error: str
    """What went wrong; empty or null where nothing did."""


class Basis(TypedDict):
    value: "LegalBasisEnum | NullEnum"
    """What holds."""
    note: str
    """Why it holds."""
    source: "PrivacyLevelEnum | NullEnum"
    """Where it comes from."""


class BatchAnswer(TypedDict):
    results: "list[BatchItem]"
    """The items of this page, or one for each item of the request."""


class BatchItem(TypedDict):
    filename: str
    """The name of the file."""
    faces: NotRequired["list[RecognizedFace]"]
    """The faces."""
    error: NotRequired[dict[str, Any]]
    """`code` and `message`, where the picture was refused."""


class BatchOfGalleryRequest(TypedDict):
    """A request with a picture, which may say how closely it is looked at."""

    detection: NotRequired["DetectionEnum"]
    """How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
    face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only
    what the settings' bounds allow.
    """
    threshold: NotRequired[float]
    """The similarity from which on two faces count as one person, from 0 to 1."""
    candidates: NotRequired[int]
    """The most alike people, the best first."""
    gallery_id: str
    """The gallery."""


class BoundsRequest(TypedDict):
    """How short and how long a period may be that a studio or an event says; null where there is no bound."""

    shortest: NotRequired[int | None]
    """The fewest days."""
    longest: NotRequired[int | None]
    """The most days."""


class Box(TypedDict):
    """Pixels of the upright picture."""

    x: float
    """Left edge in pixels of the upright picture."""
    y: float
    """Upper edge in pixels of the upright picture."""
    width: float
    """Width in pixels of the upright picture."""
    height: float
    """Height in pixels of the upright picture."""


class BulkError(TypedDict):
    code: str
    """A stable code; see docs/errors.md."""
    message: str
    """For people, in the language that `Accept-Language` asks for."""
    details: dict[str, Any]
    """More of the reason, which differs by code."""


class BulkReport(TypedDict):
    created: int
    """How many were made."""
    updated: int
    """How many were changed."""
    failed: int
    """How many failed."""
    results: "list[BulkResult]"
    """The items of this page, or one for each item of the request."""


class BulkRequest(TypedDict):
    people: list[dict[str, Any]]
    """The people."""


class BulkResult(TypedDict):
    index: int
    """The number of the item in the request, from 0."""
    external_id: str | None
    """What your own program calls the person; one person of a studio has it."""
    status: "BulkResultStatusEnum"
    """What came of the item."""
    id: str | None
    """What it is addressed by."""
    error: "BulkError | None"
    """What went wrong; empty or null where nothing did."""


class Candidate(TypedDict):
    person: "FoundPerson"
    """The person; null where nobody is known."""
    cosine: float
    """The raw comparison of two descriptors, -1 to 1; means something else for each model."""
    similarity: float
    """The cosine on the calibrated scale of 0 to 1, which means the same for every model."""
    face_id: str
    """The face."""


class Challenge(TypedDict):
    challenge_id: str
    """The challenge."""
    steps: "list[StepsEnum]"
    """What to do before the camera, in this order."""
    expires_at: str
    """Until when it can be used; null for ever."""


class ChangedFace(TypedDict):
    """`decision_ids` are what to undo, the last one first."""

    id: str
    """What it is addressed by."""
    person_id: str | None
    """The person; null where nobody is known."""
    user_id: str | None
    """The same as `person_id`."""
    photo_id: str
    """The photo."""
    gallery_id: str
    """The gallery."""
    group_id: str | None
    """The group; null for a face that is in none."""
    bbox: "Box"
    """Where the face is."""
    confidence: float
    """How sure the detector is that it is a face, from 0 to 1."""
    quality: dict[str, Any]
    """Measures of the face: size, sharpness, brightness, pose."""
    recognition_confidence: float | None
    """How sure the model was of the name that it proposed; null where it proposed none."""
    verified: bool
    """Whether somebody confirmed it."""
    rejected: bool
    """Whether somebody said that it is no face, or nobody who should be found."""
    enrolled: bool
    """Whether the picture was uploaded as this person's, not found in the photos of an event."""
    consent: "Consent | None"
    """To the enrolment: by whom, when, to which notice. Null: none was recorded."""
    face_category: "FaceCategoryEnum"
    """What the face is taken for."""
    created_at: str
    """When it was made."""
    thumbnail_url: str
    """Address of a small picture, signed for an hour."""
    image_url: str
    """Address of the original, signed for an hour."""
    decision_ids: list[str]
    """What to undo, the last one first."""


class ClusterRequest(TypedDict):
    """The occasion: a photo session, or a gallery (whose session is meant if it has one)."""

    session_id: NotRequired[str]
    """The photo session."""
    gallery_id: NotRequired[str]
    """The gallery."""
    rebuild: NotRequired[bool]
    """Make undecided groups anew."""


class ConfidenceThresholds(TypedDict):
    """The similarity from which a match counts, for each use.

    `search`: a guest's selfie against an event of REFERENCE_COUNT groups and loose faces. A false match rate is
    one per
    pair, so the threshold rises with the number of groups and faces (`search_threshold`): at 0.59 one search in
    150 is
    given a wrong group, by the rate of the calibration set, whatever the size of the event. Chosen on composed
    events
    of people whom no report uses (docs/performance.md). `possible`: how far below `search` a photo may be
    offered as a
    question. `identify`: a face against all people, or all faces, of a studio, who are more and so more
    similar.
    `group`: two groups of faces are one person. `suggest`: a name, or a pair of groups, offered to staff.
    `assign`: a
    name given without asking. `verify`: one face against one reference.
    """

    search: NotRequired[float]
    """From which similarity on a search finds a face."""
    possible: NotRequired[float]
    """Likely, but below the threshold: the lower bound of those, or what was found so."""
    identify: NotRequired[float]
    """From which similarity on a face is a person of the studio."""
    group: NotRequired[float]
    """From which mean similarity on two groups are one person."""
    suggest: NotRequired[float]
    """From which similarity on a name is suggested to staff."""
    assign: NotRequired[float]
    """From which similarity on a face without a name gets the name of a person by itself."""
    verify: NotRequired[float]
    """From which similarity on two pictures show one person."""


class Config(TypedDict):
    """The settings in force at `level`, where each comes from, and within which bounds a studio or event may set
    it.

    `updated_at` is null while the level says nothing of its own.
    """

    recognition_settings: "RecognitionSettings"
    """The settings of recognition."""
    updated_at: str | None
    """When it was last changed."""
    level: "PrivacyLevelEnum"
    """Whose settings they are."""
    sources: dict[str, Any]
    """Where each setting comes from: the standard, the installation, the studio or the event."""
    override_bounds: dict[str, Any]
    """Within which bounds a studio or an event may set what."""


class ConfigChange(TypedDict):
    key: str
    """The name of the settings."""
    level: "ConfigChangeLevelEnum"
    """Whose setting it is: installation, studio or event."""
    session_id: str | None
    """The event whose setting it is; null for a studio's or the installation's."""
    before: dict[str, Any] | None
    """The settings before the change; null where there were none."""
    after: dict[str, Any]
    """The settings after the change."""
    changed_by: str
    """Who changed it."""
    changed_at: str
    """When it was changed."""


class ConfigChangePartRequest(TypedDict):
    """`override_bounds`: what studios and events may set, for whoever may set up the installation."""

    recognition_settings: "RecognitionSettings"
    """The settings of recognition."""
    override_bounds: NotRequired[dict[str, Any] | None]
    """Within which bounds a studio or an event may set what."""


class ConfigPartRequest(TypedDict):
    """What is left out stays as it is. In a studio's or an event's settings, null takes back what it said itself."""

    recognition_settings: "RecognitionSettings"
    """The settings of recognition."""


class Consent(TypedDict):
    given_by: str
    """Who wrote it down."""
    given_at: str
    """When it was given."""
    notice: str
    """What was agreed to."""


class Day(TypedDict):
    date: str
    """The day."""
    uploaded: int
    """Photos that came in."""
    processed: int
    """Photos that were analysed."""


class DayUsage(TypedDict):
    searches: int
    """Searches by a face."""
    hits: int
    """Searches that found photos."""
    hit_rate: float | None
    """Null where nobody searched."""
    p50_ms: float | None
    """Half of the searches took at most so long."""
    p95_ms: float | None
    """Told from buckets: off by a fifth at most."""
    downloads: int
    """Photos that guests downloaded."""
    favourites: int
    """Photos that guests marked as favourites."""
    consents: int
    """Guests who agreed to a search."""
    date: str
    """The day."""


class DaysRequest(TypedDict):
    """An object within a body, which refuses names that it does not know as the body itself does."""

    templates: NotRequired[int | None]
    """Days from the event on; 0 for no deadline, null for what the level above says."""
    faces: NotRequired[int | None]
    """Days from the event on; 0 for no deadline, null for what the level above says."""
    guests: NotRequired[int | None]
    """Days from the event on; 0 for no deadline, null for what the level above says."""
    photos: NotRequired[int | None]
    """Days from the event on; 0 for no deadline, null for what the level above says."""


class Decision(TypedDict):
    id: str
    """What it is addressed by."""
    kind: "KindEnum"
    """What kind it is."""
    session_id: str | None
    """The photo session."""
    gallery_id: str | None
    """The gallery."""
    made_by: str
    """Who did it."""
    made_at: str
    """When it was done."""
    undone_at: str | None
    """When it was undone; null where it holds."""
    undone_by: str
    """Empty while it stands."""
    faces_gone: int
    """Of the faces that it names, how many there are no more: erased, or gone with their photo."""


class DeleteFacesRequest(TypedDict):
    face_ids: list[str]
    """The faces."""


class DeletePeopleRequest(TypedDict):
    person_ids: list[str]
    """The people."""


class DeletePhotosRequest(TypedDict):
    photo_ids: list[str]
    """The photos."""


class Deleted(TypedDict):
    """What went with the person."""

    pictures: int
    """Enrolment pictures that were deleted."""
    faces: int
    """Enrolled faces that were deleted, with their descriptors."""
    unnamed: int
    """Faces in photos of events that lost the name."""


class DeletedMany(TypedDict):
    """What became of each, in the order of the request. Where none of them is there, the answer is 404 instead."""

    deleted: int
    """How many are deleted."""
    started: int
    """How many a task deletes."""
    failed: int
    """How many failed."""
    results: "list[ItemResult]"
    """What came of each item, in the order of the request."""


class Delivery(TypedDict):
    id: str
    """What it is addressed by."""
    endpoint_id: str
    """The webhook."""
    event_id: str
    """The event, which is the same in every delivery of it."""
    event: str
    """The kind of event."""
    state: "DeliveryStateEnum"
    """Where it is on its way."""
    attempts: int
    """How often it was tried."""
    due_at: str
    """When it is tried next."""
    created_at: str
    """When it was made."""
    delivered_at: str | None
    """When the partner's server took it; null until then."""


class DetectPhotoRequest(TypedDict):
    """A request with a picture, which may say how closely it is looked at."""

    detection: NotRequired["DetectionEnum"]
    """How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
    face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only
    what the settings' bounds allow.
    """
    photo_id: str
    """The photo."""
    save: NotRequired[bool]
    """Write what is found to the photo's faces, as its analysis does."""


class DetectedFace(TypedDict):
    """A face of an uploaded picture, in pixels of that picture."""

    bbox: "Box"
    """Where the face is."""
    landmarks: list[list[float]]
    """Eyes, nose, corners of the mouth."""
    confidence: float
    """How sure the detector is that it is a face, from 0 to 1."""
    quality: dict[str, Any]
    """Measures of the face: size, sharpness, brightness, pose."""
    face_id: str | None
    """Null where it was not saved."""


class Detection(TypedDict):
    photo_id: str | None
    """The photo; null for a picture that is not kept."""
    width: int
    """Width in pixels, upright."""
    height: int
    """Height in pixels, upright."""
    saved: bool
    """Whether what was found was written to the photo's faces."""
    faces: "list[DetectedFace]"
    """The faces."""
    processing_ms: float
    """How long it took, in milliseconds."""


class Endpoint(TypedDict):
    id: str
    """What it is addressed by."""
    url: str
    """Where events are sent: an address that this server can reach."""
    description: str
    """Any text."""
    events: "list[EventsEnum]"
    """The kinds of events that are delivered."""
    enabled: bool
    """Whether events are delivered."""
    failing_since: str | None
    """Since when every delivery failed; null where the last one arrived."""
    disabled_at: str | None
    """When it was switched off after too many failures; null where it is on."""
    created_at: str
    """When it was made."""


class EndpointRequest(TypedDict):
    url: str
    """Where events are sent: an address that this server can reach."""
    description: NotRequired[str]
    """Any text."""
    events: "list[EventsEnum]"
    """The kinds of events that are delivered."""
    enabled: NotRequired[bool]
    """Whether events are delivered."""


class Enrolled(TypedDict):
    """The face has its id before it is found; `GET /api/v1/tasks/{task_id}` says whether it was."""

    face_id: str
    """The face."""
    task_id: str
    """The task, at `/api/v1/tasks/{id}`; null where there is none."""
    person_id: str
    """The person; null where nobody is known."""
    user_id: str
    """The same as `person_id`."""
    state: "EnrolmentStateEnum"
    """Where it is on its way."""
    error: str | None
    """Why it was refused: a stable code."""
    reasons: list[str]
    """Of `low_quality`, all that is wrong."""


class Enrolment(TypedDict):
    """A picture that enrols somebody. Of a refused one nothing is kept but this."""

    id: str
    """What it is addressed by."""
    task_id: str
    """The task, at `/api/v1/tasks/{id}`; null where there is none."""
    person_id: str
    """The person; null where nobody is known."""
    face_id: str | None
    """The enrolled face; null until it is found."""
    state: "EnrolmentStateEnum"
    """Where it is on its way."""
    filename: str
    """The name of the file."""
    error: str | None
    """Why it was refused: a stable code."""
    reasons: list[str]
    """Of `low_quality`, all that is wrong."""
    created_at: str
    """When it was made."""
    processed_at: str | None
    """When it was analysed; null until then."""


class Error(TypedDict):
    """Every refusal."""

    error: dict[str, Any]
    """What was refused, and why."""
    request_id: str | None
    """The same as X-Request-ID."""


class EventPeriod(TypedDict):
    """`deadline`: the day on which it is deleted, or was; null where there is none."""

    days: int
    """How many days it is kept."""
    source: "PrivacyLevelEnum"
    """Where it comes from."""
    own: int | None
    """What the level says itself; null where it says nothing."""
    shortest: int | None
    """The fewest days."""
    longest: int | None
    """The most days."""
    deadline: str | None
    """When it is deleted."""
    announced_at: str | None
    """When the deadline was announced; null until then."""
    done_at: str | None
    """When it was deleted; null until then."""


class EventPrivacy(TypedDict):
    """`legal_basis` is null for the installation."""

    level: "PrivacyLevelEnum"
    """Whose settings they are."""
    legal_basis: "Basis"
    """The legal basis of the processing."""
    retention: "dict[str, EventPeriod]"
    """By what is kept."""
    archived_at: str | None
    """When the event was archived; null where it was not."""


class Face(TypedDict):
    id: str
    """What it is addressed by."""
    person_id: str | None
    """The person; null where nobody is known."""
    user_id: str | None
    """The same as `person_id`."""
    photo_id: str
    """The photo."""
    gallery_id: str
    """The gallery."""
    group_id: str | None
    """The group; null for a face that is in none."""
    bbox: "Box"
    """Where the face is."""
    confidence: float
    """How sure the detector is that it is a face, from 0 to 1."""
    quality: dict[str, Any]
    """Measures of the face: size, sharpness, brightness, pose."""
    recognition_confidence: float | None
    """How sure the model was of the name that it proposed; null where it proposed none."""
    verified: bool
    """Whether somebody confirmed it."""
    rejected: bool
    """Whether somebody said that it is no face, or nobody who should be found."""
    enrolled: bool
    """Whether the picture was uploaded as this person's, not found in the photos of an event."""
    consent: "Consent | None"
    """To the enrolment: by whom, when, to which notice. Null: none was recorded."""
    face_category: "FaceCategoryEnum"
    """What the face is taken for."""
    created_at: str
    """When it was made."""
    thumbnail_url: str
    """Address of a small picture, signed for an hour."""
    image_url: str
    """Address of the original, signed for an hour."""


class FaceCounts(TypedDict):
    total: int
    """How many there are."""
    named: int
    """How many have a name."""
    verified: int
    """How many are confirmed."""


class FacePassStatus(TypedDict):
    session_id: str
    """The photo session."""
    facepass_enabled: bool
    """Whether guests and partners may search the session by a face."""
    galleries: int
    """How many galleries there are."""
    photos: int
    """How many photos there are."""
    faces: int
    """How many faces were found."""


class FacesAnswer(TypedDict):
    matches: "list[FacesMatch]"
    """What was found, the most alike first; empty where nobody is there."""
    threshold: float
    """The similarity from which on two faces count as one person, from 0 to 1."""
    processing_ms: float
    """How long it took, in milliseconds."""


class FacesMatch(TypedDict):
    photo_id: str
    """The photo."""
    filename: str
    """The name of the file."""
    face_id: str
    """The face."""
    bbox: "Box"
    """Where the face is."""
    thumbnail_url: str
    """Address of a small picture, signed for an hour."""
    image_url: str
    """Address of the original, signed for an hour."""
    cosine: float
    """The raw comparison of two descriptors, -1 to 1; means something else for each model."""
    similarity: float
    """The cosine on the calibrated scale of 0 to 1, which means the same for every model."""
    gallery_id: str
    """The gallery."""
    person: "FoundPerson | None"
    """The person; null where nobody is known."""


class FoundFace(TypedDict):
    """A face of an uploaded picture, in pixels of that picture."""

    bbox: "Box"
    """Where the face is."""
    landmarks: list[list[float]]
    """Eyes, nose, corners of the mouth."""
    confidence: float
    """How sure the detector is that it is a face, from 0 to 1."""
    quality: dict[str, Any]
    """Measures of the face: size, sharpness, brightness, pose."""


class FoundPerson(TypedDict):
    id: str
    """What it is addressed by."""
    full_name: str
    """First and last name."""
    external_id: str | None
    """What your own program calls the person; one person of a studio has it."""


class Gallery(TypedDict):
    id: str
    """What it is addressed by."""
    title: str
    """The name that people see."""
    shoot_date: str | None
    """The day on which the photos were taken."""
    location_id: str | None
    """The place, in a program of your own."""
    session_id: str | None
    """The photo session."""
    created_at: str
    """When it was made."""
    photo_count: int
    """How many photos it has."""
    face_count: int
    """How many faces it has."""


class GalleryRequest(TypedDict):
    title: str
    """The name that people see."""
    shoot_date: NotRequired[str | None]
    """The day on which the photos were taken."""
    location_id: NotRequired[str | None]
    """The place, in a program of your own."""
    session_id: NotRequired[str | None]
    """The photo session."""


class Group(TypedDict):
    """`faces`: the best ones, at most 12; all of them are at `/api/v1/groups/{id}/faces/`."""

    id: str
    """What it is addressed by."""
    session_id: str | None
    """The photo session."""
    gallery_id: str | None
    """The gallery."""
    person_id: str | None
    """The person; null where nobody is known."""
    rejected: bool
    """Whether somebody said that it is no face, or nobody's business."""
    size: int
    """How many faces it has."""
    created_at: str
    """When it was made."""
    faces: list[dict[str, Any]]
    """The faces."""


class Health(TypedDict):
    """Whether it works."""

    status: str
    """`ok` or `healthy` where it works."""
    timestamp: str
    """Now, by the server's clock."""
    version: str
    """The version of FacePass."""
    checks: NotRequired[dict[str, dict[str, Any]]]
    """The parts, each with its `status`."""


class IssuedKey(TypedDict):
    """A key that was just issued, with its secret: nobody can be told it again."""

    id: str
    """What it is addressed by."""
    name: str
    """The name."""
    prefix: str
    """The first characters of the key, by which people tell keys apart."""
    scopes: "list[ScopesEnum]"
    """What the key may do."""
    created_at: str
    """When it was made."""
    expires_at: str | None
    """Until when it can be used; null for ever."""
    revoked_at: str | None
    """When it was revoked; null where it works."""
    last_used_at: str | None
    """When it was last used; null for never."""
    replaced_by: str | None
    """The key that took its place; null where none did."""
    token: str
    """The key itself; shown in this answer only."""


class ItemError(TypedDict):
    code: str
    """A stable code; see docs/errors.md."""
    message: str
    """For people, in the language that `Accept-Language` asks for."""
    details: dict[str, Any]
    """More of the reason, which differs by code."""


class ItemResult(TypedDict):
    id: str
    """What it is addressed by."""
    state: "DeletionOutcomeEnum"
    """Where it is on its way."""
    task_id: str | None
    """The task that deletes it, where that takes longer."""
    error: "ItemError | None"
    """What went wrong; empty or null where nothing did."""


class Key(TypedDict):
    """A key without its secret, which is not stored."""

    id: str
    """What it is addressed by."""
    name: str
    """What people call the key."""
    prefix: str
    """The first characters of the key, by which people tell keys apart."""
    scopes: "list[ScopesEnum]"
    """What the key may do."""
    created_at: str
    """When it was made."""
    expires_at: str | None
    """Until when it can be used; null for ever."""
    revoked_at: str | None
    """When it was revoked; null where it works."""
    last_used_at: str | None
    """When it was last used; null for never."""
    replaced_by: str | None
    """The key that took its place; null where none did."""


class KeyDay(TypedDict):
    date: str
    """The day."""
    searches: int
    """Searches by a face."""
    hits: int
    """Searches that found photos."""


class KeyRequest(TypedDict):
    """A key without its secret, which is not stored."""

    name: str
    """What people call the key."""
    scopes: NotRequired["list[ScopesEnum]"]
    """What the key may do."""
    expires_at: NotRequired[str | None]
    """Until when it can be used; null for ever."""


class KeyUsage(TypedDict):
    key_id: str
    """The API key; one that was deleted has no figures."""
    name: str
    """The name."""
    searches: int
    """In the whole period."""
    hits: int
    """Searches that found photos."""
    hit_rate: float
    """Hits for each search, from 0 to 1."""
    days: "list[KeyDay]"
    """Oldest first; days on which nothing happened are left out."""


class KnownFaceSearchRequest(TypedDict):
    """A request with a picture, which may say how closely it is looked at."""

    detection: NotRequired["DetectionEnum"]
    """How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer where that shows no
    face well, `thorough` always at the large one, for small faces. By default what the operation needs. Only
    what the settings' bounds allow.
    """
    gallery_id: NotRequired[str]
    """Only the faces of this gallery."""
    session_id: NotRequired[str]
    """Only the faces of this photo session."""
    threshold: NotRequired[float]
    """The similarity from which on two faces count as one person, from 0 to 1."""
    limit: NotRequired[int]
    """The most photos to answer with."""
    face_id: str
    """The face."""


class LeftOut(TypedDict):
    low_quality: int
    """Faces of too low quality."""
    mislabelled: int
    """Faces that are more like somebody else than the person whose name they have."""
    conflict: int
    """Faces that show one shot under two names."""
    too_few: int
    """Faces of people who have too few."""


class LoggedDelivery(TypedDict):
    id: str
    """What it is addressed by."""
    endpoint_id: str
    """The webhook."""
    event_id: str
    """The event, which is the same in every delivery of it."""
    event: str
    """The kind of event."""
    state: "DeliveryStateEnum"
    """Where it is on its way."""
    attempts: int
    """How often it was tried."""
    due_at: str
    """When it is tried next."""
    created_at: str
    """When it was made."""
    delivered_at: str | None
    """When the partner's server took it; null until then."""
    payload: Any
    """What the event says."""
    log: "list[Attempt]"
    """Every attempt to deliver it."""


class Match(TypedDict):
    photo_id: str
    """The photo."""
    filename: str
    """The name of the file."""
    face_id: str
    """The face."""
    bbox: "Box"
    """Where the face is."""
    thumbnail_url: str
    """Address of a small picture, signed for an hour."""
    image_url: str
    """Address of the original, signed for an hour."""
    cosine: float
    """The raw comparison of two descriptors, -1 to 1; means something else for each model."""
    similarity: float
    """The cosine on the calibrated scale of 0 to 1, which means the same for every model."""
    via: "ViaEnum"
    """What decided: the face's group, the face alone, or its name."""
    group_similarity: float | None
    """Similarity of the probe and the face's group; null where the group did not decide."""
    subjects: list[int]
    """Which of the pictures and people it is, by index."""


class MergePeopleRequest(TypedDict):
    person_ids: list[str]
    """The people."""


class Merged(TypedDict):
    """The person who stays."""

    id: str
    """What it is addressed by."""
    real_name: str
    """The person's name."""
    email: str | None
    """E-mail address, which one person of a studio has."""
    external_id: str | None
    """What your own program calls the person; one person of a studio has it."""
    avatar_url: str
    """Address of a picture of the person, fetched with the key where it is one of FacePass's."""
    metadata: dict[str, Any]
    """Any JSON of your own."""
    face_count: int
    """How many faces it has."""
    created_at: str
    """When it was made."""
    decision_ids: list[str]
    """What to undo, the last one first."""


class Miss(TypedDict):
    photo_id: str
    """The photo."""
    filename: str
    """The name of the file."""
    face_id: str
    """The face."""
    bbox: "Box"
    """Where the face is."""
    cosine: float | None
    """The raw comparison of two descriptors, -1 to 1; means something else for each model."""
    similarity: float | None
    """The cosine on the calibrated scale of 0 to 1, which means the same for every model."""
    reason: "ReasonEnum"
    """Why it was not given."""


class ModelInUse(TypedDict):
    name: str
    """The engine."""
    model: str
    """The model."""
    contract_id: str
    """Digest of all that shapes a descriptor; those of one contract can be compared."""


class MoveFaceRequest(TypedDict):
    group_id: str
    """The group, of the same photo session, whose person the face shows."""


class NameChange(TypedDict):
    face_id: str
    """The face."""
    photo_id: str
    """The photo."""
    face: str
    """The same as `face_id`."""
    photo: str
    """The same as `photo_id`."""
    was: str | None
    """The name that the face has; null for none."""
    becomes: str | None
    """The name that the face would have; null for none."""
    similarity: float
    """The cosine on the calibrated scale of 0 to 1, which means the same for every model."""


class NameChanges(TypedDict):
    """What naming all faces again would change; at most 5,000 are listed."""

    assignments: int
    """Faces that were looked at: those that no person and no group's name decided about."""
    count: int
    """How many there are, on all pages."""
    gained: NotRequired[int]
    """Faces without a name that get one."""
    lost: NotRequired[int]
    """Faces whose name is taken away."""
    changed: NotRequired[int]
    """Faces that get another name."""
    threshold: float
    """The similarity from which on two faces count as one person, from 0 to 1."""
    applied: int
    """How many names were changed."""
    listed_at: NotRequired[str]
    """When the list was made."""
    listed: "list[NameChange]"
    """The names that would change."""


class NameRequest(TypedDict):
    person_id: NotRequired[str | None]
    """Null takes the name away."""
    name: NotRequired[str]
    """Instead of `person_id`: the one person of that name, or a new one."""
    face_ids: NotRequired[list[str]]
    """Only these faces of the group show the person; they leave it for a group of their own."""


class Named(TypedDict):
    """The decision that gave the name. To take everything back, undo `decision_ids` from the last to the first."""

    id: str
    """What it is addressed by."""
    kind: "KindEnum"
    """What kind it is."""
    session_id: str | None
    """The photo session."""
    gallery_id: str | None
    """The gallery."""
    made_by: str
    """Who did it."""
    made_at: str
    """When it was done."""
    undone_at: str | None
    """When it was undone; null where it holds."""
    undone_by: str
    """Empty while it stands."""
    faces_gone: int
    """Of the faces that it names, how many there are no more: erased, or gone with their photo."""
    decision_ids: list[str]
    """What to undo, the last one first."""


class NamesApplied(TypedDict):
    applied: int
    """How many names were changed."""


class NewTokens(TypedDict):
    access: str
    """Sent as `Authorization: Bearer …`, for 15 minutes."""
    refresh: str
    """Gets new tokens, once, within seven days."""


class NullEnum(TypedDict):
    pass


class OtherRequest(TypedDict):
    group_id: str
    """The group; null for a face that is in none."""


class OthersRequest(TypedDict):
    group_ids: list[str]
    """The groups."""


class PaginatedConfigChangeList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[ConfigChange]"
    """The items of this page, or one for each item of the request."""


class PaginatedDecisionList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Decision]"
    """The items of this page, or one for each item of the request."""


class PaginatedDeliveryList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Delivery]"
    """The items of this page, or one for each item of the request."""


class PaginatedEndpointList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Endpoint]"
    """The items of this page, or one for each item of the request."""


class PaginatedEnrolmentList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Enrolment]"
    """The items of this page, or one for each item of the request."""


class PaginatedFaceList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Face]"
    """The items of this page, or one for each item of the request."""


class PaginatedGalleryList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Gallery]"
    """The items of this page, or one for each item of the request."""


class PaginatedGroupList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Group]"
    """The items of this page, or one for each item of the request."""


class PaginatedKeyList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Key]"
    """The items of this page, or one for each item of the request."""


class PaginatedPersonList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Person]"
    """The items of this page, or one for each item of the request."""


class PaginatedPhotoList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Photo]"
    """The items of this page, or one for each item of the request."""


class PaginatedReferenceList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Reference]"
    """The items of this page, or one for each item of the request."""


class PaginatedSessionList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Session]"
    """The items of this page, or one for each item of the request."""


class PaginatedShownFaceList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[ShownFace]"
    """The items of this page, or one for each item of the request."""


class PaginatedStaffList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Staff]"
    """The items of this page, or one for each item of the request."""


class PaginatedTaskList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Task]"
    """The items of this page, or one for each item of the request."""


class PaginatedTrainingList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[Training]"
    """The items of this page, or one for each item of the request."""


class PaginatedTrashEntryList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[TrashEntry]"
    """The items of this page, or one for each item of the request."""


class PaginatedUserList(TypedDict):
    count: int
    """How many there are, on all pages."""
    next: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    previous: NotRequired[str | None]
    """Address of the next page; null on the last one."""
    results: "list[User]"
    """The items of this page, or one for each item of the request."""


class PatchedChangeFaceRequest(TypedDict):
    """What is said of the face; what is left out stays as it is."""

    person_id: NotRequired[str | None]
    """Null takes the name away."""
    name: NotRequired[str]
    """Instead of `person_id`: the one person of that name, or a new one."""
    verified: NotRequired[bool]
    """Of the name that it has: true confirms it, false says that it is somebody else."""
    rejected: NotRequired[bool]
    """True: no face, or nobody who should be found; false: a face after all."""


class PatchedEndpointRequest(TypedDict):
    url: NotRequired[str]
    """Where events are sent: an address that this server can reach."""
    description: NotRequired[str]
    """Any text."""
    events: NotRequired["list[EventsEnum]"]
    """The kinds of events that are delivered."""
    enabled: NotRequired[bool]
    """Whether events are delivered."""


class PatchedGalleryRequest(TypedDict):
    title: NotRequired[str]
    """The name that people see."""
    shoot_date: NotRequired[str | None]
    """The day on which the photos were taken."""
    location_id: NotRequired[str | None]
    """The place, in a program of your own."""
    session_id: NotRequired[str | None]
    """The photo session."""


class PatchedPersonRequest(TypedDict):
    real_name: NotRequired[str]
    """The person's name."""
    email: NotRequired[str | None]
    """E-mail address, which one person of a studio has."""
    external_id: NotRequired[str | None]
    """What your own program calls the person; one person of a studio has it."""
    avatar_url: NotRequired[str]
    """Address of a picture of the person, fetched with the key where it is one of FacePass's."""
    metadata: NotRequired[dict[str, Any]]
    """Any JSON of your own."""


class PatchedPrivacyPartRequest(TypedDict):
    """What is left out stays as it is."""

    legal_basis: NotRequired["LegalBasisEnum | NullEnum"]
    """The legal basis of the processing."""
    basis_note: NotRequired[str | None]
    """Why the legal basis holds."""
    retention: NotRequired["DaysRequest"]
    """How long what is kept."""


class PatchedSessionRequest(TypedDict):
    id: NotRequired[str]
    """What it is addressed by."""
    name: NotRequired[str]
    """The name."""
    description: NotRequired[str]
    """Any text."""
    photographer_id: NotRequired[str | None]
    """The photographer, in a program of your own."""
    service_package_id: NotRequired[str | None]
    """The package that was ordered, in a program of your own."""
    status: NotRequired["SessionStatusEnum"]
    """Scheduled, in progress or over."""
    scheduled_at: NotRequired[str | None]
    """When the session begins; null where that is not known."""
    completed_at: NotRequired[str | None]
    """When it ended; null while it runs."""
    time_zone: NotRequired[str]
    """Of an event abroad: in which its dates are read, and in which cameras that write no zone are set. Changed,
    it moves the times of their photos.
    """
    facepass_enabled: NotRequired[bool]
    """Whether guests and partners may search the session by a face."""


class PatchedStudioPrivacyPartRequest(TypedDict):
    """`bounds`: of the installation, which has no legal basis. Each that is named is replaced as a whole."""

    legal_basis: NotRequired["LegalBasisEnum | NullEnum"]
    """The legal basis of the processing."""
    basis_note: NotRequired[str | None]
    """Why the legal basis holds."""
    retention: NotRequired["DaysRequest"]
    """How long what is kept."""
    bounds: NotRequired["AllBoundsRequest"]
    """Within which bounds events set their deadlines."""


class PatchedUserRequest(TypedDict):
    email: NotRequired[str | None]
    """E-mail address, which one person of a studio has."""
    full_name: NotRequired[str]
    """First and last name."""
    external_id: NotRequired[str | None]
    """What your own program calls the person; one person of a studio has it."""
    metadata: NotRequired[dict[str, Any]]
    """Any JSON of your own."""


class Period(TypedDict):
    """`own`: what this level says itself. `shortest` and `longest`: what it may say."""

    days: int
    """How many days it is kept."""
    source: "PrivacyLevelEnum"
    """Where it comes from."""
    own: int | None
    """What the level says itself; null where it says nothing."""
    shortest: int | None
    """The fewest days."""
    longest: int | None
    """The most days."""


class Person(TypedDict):
    id: str
    """What it is addressed by."""
    real_name: str
    """The person's name."""
    email: str | None
    """E-mail address, which one person of a studio has."""
    external_id: str | None
    """What your own program calls the person; one person of a studio has it."""
    avatar_url: str
    """Address of a picture of the person, fetched with the key where it is one of FacePass's."""
    metadata: dict[str, Any]
    """Any JSON of your own."""
    face_count: int
    """How many faces it has."""
    created_at: str
    """When it was made."""


class PersonCount(TypedDict):
    person_id: str
    """The person; null where nobody is known."""
    id: str
    """The same as `person_id`."""
    train: int
    """Faces that the training learns from."""
    test: int
    """Faces that the training is tested with."""
    stranger: int
    """Faces of somebody whom the run must not learn, to test “nobody”."""


class PersonDeleted(TypedDict):
    id: str
    """What it is addressed by."""
    deleted: "Deleted"
    """How much was deleted."""


class PersonRequest(TypedDict):
    real_name: str
    """The person's name."""
    email: NotRequired[str | None]
    """E-mail address, which one person of a studio has."""
    external_id: NotRequired[str | None]
    """What your own program calls the person; one person of a studio has it."""
    avatar_url: NotRequired[str]
    """Address of a picture of the person, fetched with the key where it is one of FacePass's."""
    metadata: NotRequired[dict[str, Any]]
    """Any JSON of your own."""


class Photo(TypedDict):
    id: str
    """What it is addressed by."""
    gallery_id: str
    """The gallery."""
    filename: str
    """The name of the file."""
    width: int
    """Width in pixels, upright."""
    height: int
    """Height in pixels, upright."""
    byte_size: int
    """Bytes of the file."""
    taken_at: str | None
    """When the camera took it; null where the file does not say."""
    truncated: bool
    """Whether the file is cut off, so that the lower part is grey."""
    state: "PhotoStateEnum"
    """Where it is on its way."""
    error: str
    """What went wrong; empty or null where nothing did."""
    created_at: str
    """When it was made."""
    processed_at: str | None
    """When it was analysed; null until then."""
    face_count: int
    """How many faces it has."""
    thumbnail_url: str
    """Address of a small picture, signed for an hour."""
    image_url: str
    """Address of the original, signed for an hour."""


class Prepared(TypedDict):
    id: str
    """What it is addressed by."""
    status: "TrainingStatusEnum"
    """Where it is on its way."""
    digest: str
    """Digest of the faces that it learns from; two trainings with one digest learn the same."""
    people_count: int
    """How many people there are."""
    faces: int
    """How many faces it would learn from."""
    left_out: "LeftOut"
    """How many faces are not learnt from, by the reason."""
    people: "list[PersonCount]"
    """The people."""
    suspects: "list[Suspect]"
    """Faces that may bear a wrong name."""
    conflicts: list[list[str]]
    """Pairs of faces that show one shot under two names."""


class Privacy(TypedDict):
    """`legal_basis` is null for the installation."""

    level: "PrivacyLevelEnum"
    """Whose settings they are."""
    legal_basis: "Basis | None"
    """The legal basis of the processing."""
    retention: "dict[str, Period]"
    """By what is kept."""


class Progress(TypedDict):
    total: int
    """How many there are."""
    pending: int
    """How many wait."""
    processing: int
    """How many are worked on."""
    processed: int
    """How many are done."""
    failed: int
    """How many failed."""
    faces: int
    """The faces."""
    photos_per_second: float
    """How fast photos are analysed."""
    eta_seconds: float | None
    """How many seconds it will still take, about; null where that is not known."""
    blocked_by: str
    """The error's code of what photos wait for, such as storage_unavailable; empty where they do not wait."""


class QualityFilters(TypedDict):
    """What a face must have to be trusted; see `types.Quality` for the units."""

    min_face_size: NotRequired[float]
    """The shorter side of a usable face in pixels."""
    min_detection_score: NotRequired[float]
    """How sure the detector must be of a usable face, from 0 to 1."""
    min_sharpness: NotRequired[float]
    """The variance of the Laplacian of a usable face at least."""
    min_brightness: NotRequired[float]
    """The mean brightness of a usable face at least, of 255."""
    max_brightness: NotRequired[float]
    """The mean brightness of a usable face at most, of 255."""
    max_yaw: NotRequired[float]
    """How many degrees a usable face may look aside."""
    max_pitch: NotRequired[float]
    """How many degrees a usable face may look up or down."""


class Receipt(TypedDict):
    """The receipt of what was deleted for good, which names nobody who was in it."""

    id: str
    """What it is addressed by."""
    kind: str
    """One of `gallery`, `photo`, `person`, `event`, `event_contents`, `guest_upload`."""
    counts: dict[str, int]
    """How much went with it: of a gallery `photos` and `faces`; of a person `pictures`, `faces`, `unnamed`."""
    deleted_by: str | None
    """The name of the member of staff; null for an app."""
    deleted_by_app: str | None
    """The name of the app's key; null for a member of staff."""
    deleted_at: str
    """When it was put into the trash."""
    erased_by: str | None
    """The name of the member of staff; null for an app."""
    erased_by_app: str | None
    """The name of the app's key; null for a member of staff."""
    erased_at: str
    """When it was erased."""


class RecognitionSettings(TypedDict):
    """`detection`: how hard to look for faces, see `detection.detect_faces`."""

    detection: NotRequired["DetectionEnum"]
    """How thoroughly faces are looked for."""
    quality_filters: NotRequired["QualityFilters"]
    """Which faces of photos are usable."""
    selfie_filters: NotRequired["SelfieFilters"]
    """Which pictures to search with are usable."""
    confidence_thresholds: NotRequired["ConfidenceThresholds"]
    """From which similarity on faces count as one person, for each use."""


class Recognized(TypedDict):
    faces: "list[RecognizedFace]"
    """The faces."""
    threshold: float
    """The similarity from which on two faces count as one person, from 0 to 1."""
    processing_ms: float
    """How long it took, in milliseconds."""


class RecognizedFace(TypedDict):
    """A face of an uploaded picture, in pixels of that picture."""

    bbox: "Box"
    """Where the face is."""
    landmarks: list[list[float]]
    """Eyes, nose, corners of the mouth."""
    confidence: float
    """How sure the detector is that it is a face, from 0 to 1."""
    quality: dict[str, Any]
    """Measures of the face: size, sharpness, brightness, pose."""
    matched: bool
    """False is an answer too: nobody whom the studio knows."""
    person: "FoundPerson | None"
    """The person; null where nobody is known."""
    margin: float | None
    """How much less alike the second candidate is."""
    candidates: "list[Candidate]"
    """The most alike people, the best first."""


class Reference(TypedDict):
    id: str
    """What it is addressed by."""
    label: str
    """Any text of your own."""
    quality: dict[str, Any]
    """Measures of the face: size, sharpness, brightness, pose."""
    model_version_id: str
    """The version of the model that described it."""
    created_at: str
    """When it was made."""


class RefusedPhoto(TypedDict):
    filename: str
    """The name of the file."""
    code: str
    """A stable code; see docs/errors.md."""
    message: str
    """For people, in the language that `Accept-Language` asks for."""


class RejectRequest(TypedDict):
    group_id: str
    """The group; null for a face that is in none."""
    cluster_id: NotRequired[str]
    """The former name of `group_id`, which counts where both are sent."""


class RolledBack(TypedDict):
    version: int | None
    """In use now; null: the nearest faces decide."""


class RotationRequest(TypedDict):
    overlap_hours: NotRequired[int]
    """For how many hours the old key still works."""


class SearchAnswer(TypedDict):
    """`searched_face`: of the first picture; null where only people were asked for."""

    session_id: str
    """The photo session."""
    searched_face: "SearchedFace | None"
    """The face that was searched with; null where it was not one picture."""
    searched_faces: "list[SearchedFace]"
    """The faces that were searched with, one for each picture."""
    matches: "list[Match]"
    """What was found, the most alike first; empty where nobody is there."""
    possible: "list[Match]"
    """Photos that may show the subject as well: likely, below the threshold, never in matches."""
    misses: "list[Miss] | None"
    """With `explain`: photos that were looked at and not given, with the reason."""
    threshold: float
    """The similarity from which on two faces count as one person, from 0 to 1."""
    processing_ms: float
    """How long it took, in milliseconds."""


SearchUsage = TypedDict(
    "SearchUsage", {"from": str, "to": str, "total": "Usage", "days": "list[DayUsage]", "keys": "list[KeyUsage]"}
)


class SearchedFace(TypedDict):
    bbox: "Box"
    """Where the face is."""
    confidence: float
    """How sure the detector is that it is a face, from 0 to 1."""
    quality: dict[str, Any]
    """Measures of the face: size, sharpness, brightness, pose."""


class Secret(TypedDict):
    """With the secret that signs: in the answer that made it, and nowhere else."""

    id: str
    """What it is addressed by."""
    url: str
    """The address."""
    description: str
    """Any text."""
    events: "list[EventsEnum]"
    """The kinds of events that are delivered."""
    enabled: bool
    """Whether events are delivered."""
    failing_since: str | None
    """Since when every delivery failed; null where the last one arrived."""
    disabled_at: str | None
    """When it was switched off after too many failures; null where it is on."""
    created_at: str
    """When it was made."""
    secret: str
    """Signs what is delivered; shown in this answer only."""


class SelfieFilters(TypedDict):
    """Filters for selfies. They are stricter than for a face in a crowd, because a guest can take another selfie."""

    min_face_size: NotRequired[float]
    """The shorter side of a usable face in pixels."""
    min_detection_score: NotRequired[float]
    """How sure the detector must be of a usable face, from 0 to 1."""
    min_sharpness: NotRequired[float]
    """The variance of the Laplacian of a usable face at least."""
    min_brightness: NotRequired[float]
    """The mean brightness of a usable face at least, of 255."""
    max_brightness: NotRequired[float]
    """The mean brightness of a usable face at most, of 255."""
    max_yaw: NotRequired[float]
    """How many degrees a usable face may look aside."""
    max_pitch: NotRequired[float]
    """How many degrees a usable face may look up or down."""


class Session(TypedDict):
    id: str
    """What it is addressed by."""
    name: str
    """The name."""
    description: str
    """Any text."""
    studio_id: str
    """The studio: by Pixora's id for a session that lives there, else by FacePass's."""
    photographer_id: str | None
    """The photographer, in a program of your own."""
    service_package_id: str | None
    """The package that was ordered, in a program of your own."""
    status: "SessionStatusEnum"
    """Scheduled, in progress or over."""
    scheduled_at: str | None
    """When the session begins; null where that is not known."""
    completed_at: str | None
    """When it ended; null while it runs."""
    time_zone: str
    """Of an event abroad: in which its dates are read, and in which cameras that write no zone are set. Changed,
    it moves the times of their photos.
    """
    facepass_enabled: bool
    """Whether guests and partners may search the session by a face."""
    code: str
    """What guests open the session by."""
    created_at: str
    """When it was made."""
    updated_at: str
    """When it was last changed."""


class SessionRequest(TypedDict):
    id: NotRequired[str]
    """What it is addressed by."""
    name: str
    """The name."""
    description: NotRequired[str]
    """Any text."""
    photographer_id: NotRequired[str | None]
    """The photographer, in a program of your own."""
    service_package_id: NotRequired[str | None]
    """The package that was ordered, in a program of your own."""
    status: NotRequired["SessionStatusEnum"]
    """Scheduled, in progress or over."""
    scheduled_at: NotRequired[str | None]
    """When the session begins; null where that is not known."""
    completed_at: NotRequired[str | None]
    """When it ended; null while it runs."""
    time_zone: NotRequired[str]
    """Of an event abroad: in which its dates are read, and in which cameras that write no zone are set. Changed,
    it moves the times of their photos.
    """
    facepass_enabled: NotRequired[bool]
    """Whether guests and partners may search the session by a face."""


class ShownFace(TypedDict):
    photo_id: str
    """The photo."""
    filename: str
    """The name of the file."""
    face_id: str
    """The face."""
    bbox: "Box"
    """Where the face is."""
    thumbnail_url: str
    """Address of a small picture, signed for an hour."""
    image_url: str
    """Address of the original, signed for an hour."""


class SignOutRequest(TypedDict):
    refresh: str
    """Gets new tokens, once, within seven days."""


class SplitRequest(TypedDict):
    face_ids: list[str]
    """The faces."""


class Staff(TypedDict):
    """A member of staff in one studio; the account itself may have roles in others."""

    id: int
    """What it is addressed by."""
    username: str
    """The name to sign in by."""
    email: str
    """E-mail address, which one person of a studio has."""
    full_name: str
    """First and last name."""
    role: "RoleEnum"
    """What the member may do."""
    is_active: bool
    """Whether the account may sign in."""
    last_login: str | None
    """When they last signed in; null for never."""
    studio_id: str
    """The studio."""


class Started(TypedDict):
    task_id: str
    """The task, at `/api/v1/tasks/{id}`; null where there is none."""


class StateCounts(TypedDict):
    total: int
    """How many there are."""
    pending: int
    """How many wait."""
    processing: int
    """How many are worked on."""
    processed: int
    """How many are done."""
    failed: int
    """With those that were given up."""


class Stats(TypedDict):
    galleries: int
    """How many galleries there are."""
    photos: "StateCounts"
    """How many photos there are."""
    faces: "FaceCounts"
    """The faces."""
    people: int
    """The people."""
    storage_bytes: int
    """Of the originals."""
    queue: int
    """Wake-up calls that wait for a worker, of the whole installation."""
    model: "ModelInUse | None"
    """Null where none is installed."""
    per_day: "list[Day]"
    """The last 30 days, oldest first; days without photos are left out."""
    usage: "SearchUsage"
    """From `from` to `to`, each day in its studio's time zone."""


class Suggestion(TypedDict):
    group_id: str
    """The group; null for a face that is in none."""
    other_id: str
    """The other group."""
    similarity: float
    """The cosine on the calibrated scale of 0 to 1, which means the same for every model."""


class Suspect(TypedDict):
    face_id: str
    """The face."""
    person_id: str
    """The person; null where nobody is known."""
    looks_like: str
    """Whom the face is more like."""
    face: str
    """The same as `face_id`."""
    person: str
    """The same as `person_id`."""


class Task(TypedDict):
    id: str
    """What it is addressed by."""
    kind: str
    """What kind it is."""
    state: "TaskStateEnum"
    """Where it is on its way."""
    progress: "TaskProgress"
    """How far it is."""
    result: dict[str, Any] | None
    """What came of it; null until it is done."""
    error: str | None
    """What went wrong; empty or null where nothing did."""
    reasons: list[str]
    """Of `low_quality`, all that is wrong with the face."""
    created_at: str
    """When it was made."""
    started_at: str | None
    """When it began; null until then."""
    finished_at: str | None
    """When it ended; null while it runs."""


class TaskProgress(TypedDict):
    done: int
    """How much of `total` is done."""
    total: int
    """How many there are."""
    eta_seconds: float | None
    """How many seconds it will still take, about; null where that is not known."""


class TokenPairRequest(TypedDict):
    otp: NotRequired[str]
    """The code of the authenticator app, of an account with a second factor."""
    username: str
    """The name to sign in by."""
    password: str
    """The account's password."""


class TokenRefreshRequest(TypedDict):
    refresh: str
    """Gets new tokens, once, within seven days."""


class Tokens(TypedDict):
    access: str
    """Sent as `Authorization: Bearer …`, for 15 minutes."""
    refresh: str
    """Gets new tokens, once, within seven days."""


class Training(TypedDict):
    id: str
    """What it is addressed by."""
    status: "TrainingStatusEnum"
    """Where it is on its way."""
    skipped: bool
    """The verified faces were those of `same_as`."""
    same_as: str | None
    """The training with the same faces whose result holds for this one; null where there is none."""
    active: bool
    """Names are given by its version now."""
    version: int | None
    """The number of the version; null where none came of it."""
    digest: str
    """Digest of the faces that it learns from; two trainings with one digest learn the same."""
    digest_of_version: str | None
    """Digest of the templates that came of it; null where none did."""
    model_accuracy: float | None
    """Open-set rank 1 on held-out photos: people named rightly, and strangers named nobody."""
    people_count: int
    """How many people there are."""
    faces: int
    """The faces."""
    would_change: int
    """How many names would change."""
    assignments: int
    """How many undecided faces have a name by this version."""
    error: str | None
    """What went wrong; empty or null where nothing did."""
    task_id: str | None
    """The task, at `/api/v1/tasks/{id}`; null where there is none."""
    progress: "TaskProgress | None"
    """How far it is."""
    started_by: str
    """Who started it."""
    created_at: str
    """When it was made."""
    started_at: str | None
    """When it began; null until then."""
    completed_at: str | None
    """When it ended; null while it runs."""
    acts: "list[TrainingAct]"
    """What was done with the version: put to use, taken back, its names applied."""


class TrainingAct(TypedDict):
    what: "WhatEnum"
    """What was done."""
    made_by: str
    """Who did it."""
    made_at: str
    """When it was done."""


class TrainingDetail(TypedDict):
    id: str
    """What it is addressed by."""
    status: "TrainingStatusEnum"
    """Where it is on its way."""
    skipped: bool
    """The verified faces were those of `same_as`."""
    same_as: str | None
    """The training with the same faces whose result holds for this one; null where there is none."""
    active: bool
    """Names are given by its version now."""
    version: int | None
    """The number of the version; null where none came of it."""
    digest: str
    """Digest of the faces that it learns from; two trainings with one digest learn the same."""
    digest_of_version: str | None
    """Digest of the templates that came of it; null where none did."""
    model_accuracy: float | None
    """Open-set rank 1 on held-out photos: people named rightly, and strangers named nobody."""
    people_count: int
    """How many people there are."""
    faces: int
    """The faces."""
    would_change: int
    """How many names would change."""
    assignments: int
    """How many undecided faces have a name by this version."""
    error: str | None
    """What went wrong; empty or null where nothing did."""
    task_id: str | None
    """The task, at `/api/v1/tasks/{id}`; null where there is none."""
    progress: "TaskProgress | None"
    """How far it is."""
    started_by: str
    """Who started it."""
    created_at: str
    """When it was made."""
    started_at: str | None
    """When it began; null until then."""
    completed_at: str | None
    """When it ended; null while it runs."""
    acts: "list[TrainingAct]"
    """What was done with the version: put to use, taken back, its names applied."""
    metrics: dict[str, Any]
    """Before and after, on what was held out; see docs/training.md."""


class TrainingExecuteRequest(TypedDict):
    training_id: NotRequired[str]
    """A prepared training, whose data must still be as then."""
    session_id: NotRequired[str]
    """The former name of `training_id`, which counts where both are sent."""


class TrainingStarted(TypedDict):
    """`task_id` is for /api/v1/tasks, where it is cancelled too."""

    task_id: str
    """The task, at `/api/v1/tasks/{id}`; null where there is none."""
    training_id: NotRequired[str]
    """Where it is known already."""
    session_id: NotRequired[str]
    """The same as `training_id`; no photo session."""


class TrashEntry(TypedDict):
    """One deletion, with all that went with it; restored and erased as a whole."""

    id: str
    """What it is addressed by."""
    kind: str
    """One of `gallery`, `photo`, `person`, `event`, `event_contents`, `guest_upload`."""
    title: str
    """The name that people see."""
    counts: dict[str, int]
    """How much went with it: of a gallery `photos` and `faces`; of a person `pictures`, `faces`, `unnamed`."""
    deleted_by: str | None
    """The name of the member of staff; null for an app."""
    deleted_by_app: str | None
    """The name of the app's key; null for a member of staff."""
    deleted_at: str
    """When it was deleted."""
    kept_until: str
    """When it is erased for good."""
    is_being_erased: bool
    """Then it cannot be restored any more."""


class UploadReport(TypedDict):
    accepted: "list[AcceptedPhoto]"
    """Photos that were taken, each with the id that it has from now on."""
    duplicates: "list[AcceptedPhoto]"
    """Photos that the gallery had already, each with the id that it has there."""
    rejected: "list[RefusedPhoto]"
    """What was refused, or is said to be no face."""


class Usage(TypedDict):
    searches: int
    """Searches by a face."""
    hits: int
    """Searches that found photos."""
    hit_rate: float | None
    """Null where nobody searched."""
    p50_ms: float | None
    """Half of the searches took at most so long."""
    p95_ms: float | None
    """Told from buckets: off by a fifth at most."""
    downloads: int
    """Photos that guests downloaded."""
    favourites: int
    """Photos that guests marked as favourites."""
    consents: int
    """Guests who agreed to a search."""


class User(TypedDict):
    id: str
    """What it is addressed by."""
    email: str | None
    """E-mail address, which one person of a studio has."""
    full_name: str
    """First and last name."""
    external_id: str | None
    """What your own program calls the person; one person of a studio has it."""
    metadata: dict[str, Any]
    """Any JSON of your own."""
    face_count: int
    """How many faces it has."""
    created_at: str
    """When it was made."""


class UserRequest(TypedDict):
    email: str | None
    """E-mail address, which one person of a studio has."""
    full_name: str
    """First and last name."""
    external_id: NotRequired[str | None]
    """What your own program calls the person; one person of a studio has it."""
    metadata: NotRequired[dict[str, Any]]
    """Any JSON of your own."""


class ValidateRequest(TypedDict):
    ids: list[str]
    """The photo sessions."""


class Validation(TypedDict):
    valid: bool
    """Whether the session is there and can be searched."""
    session: "Session | None"
    """The photo session; null where it is not valid."""
    error: str | None
    """What went wrong; empty or null where nothing did."""


class Validations(TypedDict):
    """By the session's id."""

    results: "dict[str, Validation]"
    """The items of this page, or one for each item of the request."""


class Verdict(TypedDict):
    live: bool
    """Whether a living person is there."""
    reasons: list[str]
    """`presentation_attack`, `face_near_edge`; with a challenge `steps_not_done`, `different_people`,
    `still_picture`, `face_not_found`, `multiple_faces`.
    """


class Verification(TypedDict):
    verified: bool
    """Whether they are one person: the similarity reaches the threshold."""
    cosine: float
    """The raw comparison of two descriptors, -1 to 1; means something else for each model."""
    similarity: float
    """The cosine on the calibrated scale of 0 to 1, which means the same for every model."""
    threshold: float
    """The similarity from which on two faces count as one person, from 0 to 1."""
    face: "FoundFace"
    """Of `file`, the one that is most alike."""
    other_face: "FoundFace | None"
    """Of `other_file`, where one was sent."""
    processing_ms: float
    """How long it took, in milliseconds."""
