"""Every error code with its status and meaning: what `docs/errors.md` and the OpenAPI document list.

A code that is raised anywhere has its line here, and the other way round; a test compares the two.
"""

from typing import Any, NamedTuple


class Code(NamedTuple):
    status: int
    meaning: str
    details: dict[str, Any] | None = None
    """An example of `details`, where they are not empty."""
    api: bool = True
    """False for what only commands say; they have no status."""


def _command_error(meaning: str) -> Code:
    return Code(400, meaning, api=False)


CODES: dict[str, Code] = {
    # the request
    "invalid_request": Code(400, "A field is missing or not valid.", {"title": ["This field is required."]}),
    "unknown_parameter": Code(
        400,
        "The address has a parameter that the operation does not take.",
        {"persn_id": "person_id"},
    ),
    "unknown_field": Code(
        400,
        "The body has a field that the operation does not take.",
        {"shot_date": "shoot_date"},
    ),
    "invalid_config": Code(400, "A setting is unknown, or its value does not fit.", {"quality_filters.min_size": "…"}),
    "retention_out_of_bounds": Code(
        400,
        "The installation does not allow a period as short or as long as that.",
        {"faces": {"shortest": 30, "longest": 1095}},
    ),
    "no_file": Code(400, "No picture was sent."),
    "idempotency_key_invalid": Code(400, "An Idempotency-Key has 1 to 255 visible ASCII characters."),
    "email_invalid": Code(400, "That is not an e-mail address."),
    "method_not_allowed": Code(405, "The path does not take this method."),
    "not_acceptable": Code(406, "The answer is JSON, and the Accept header excludes it."),
    "request_timeout": Code(408, "The request arrived too slowly; the connection is closed."),
    "too_large": Code(413, "The request has more bytes than its path takes.", {"limit_bytes": 5_000_000}),
    "unsupported_media_type": Code(415, "The path does not take this Content-Type."),
    # who may
    "not_authenticated": Code(401, "There are no credentials, or they are unknown, expired or revoked."),
    "permission_denied": Code(403, "The key's scopes or the member's role do not allow it."),
    "second_factor_required": Code(403, "The account has a second factor, or must have one; send its code as `otp`."),
    "second_factor_wrong": Code(403, "The code of the second factor is wrong, or was used already."),
    "second_factor_needed": Code(409, "Who must have a second factor does not remove the last one.", api=False),
    "password_login_off": Code(403, "Nobody signs in by a password here."),
    "passkey_invalid": Code(403, "The passkey's answer does not hold.", api=False),
    "passkeys_full": Code(409, "An account has twenty passkeys at most.", api=False),
    "passkeys_unavailable": Code(409, "Passkeys need a site with a name.", api=False),
    "provider_unavailable": Code(503, "The OpenID Connect provider does not answer.", api=False),
    "provider_refused": Code(403, "The OpenID Connect provider's answer does not hold.", api=False),
    "no_account": Code(403, "Whom the provider names has no account.", api=False),
    "facepass_disabled": Code(403, "Search by face is not enabled for this photo session."),
    "consent_required": Code(403, "The guest has not agreed to a search by face."),
    "consent_withdrawn": Code(403, "The guest took the consent back meanwhile; nothing was kept."),
    "liveness_required": Code(403, "The session asks guests to show that they are there first."),
    "not_live": Code(
        403, "The frames do not show a living person who did what was asked.", {"reasons": ["steps_not_done"]}
    ),
    "pin_required": Code(403, "The session has a PIN, which this device has not told."),
    "pin_wrong": Code(403, "That is not the session's PIN."),
    "scope_not_held": Code(403, "Nobody can give a key what they may not do themselves.", {"scopes": ["write"]}),
    "not_found": Code(404, "There is no such object, or it belongs to another studio."),
    "file_missing": Code(404, "The photo's file is not in the storage."),
    "studio_not_found": Code(404, "X-Studio names no studio of yours."),
    "session_not_found": Code(404, "The studio has no photo session with the id that a gallery is to have."),
    "studio_ambiguous": Code(409, "A member of several studios has to name one by X-Studio."),
    "session_exists": Code(409, "There is a photo session with this id."),
    "email_taken": Code(409, "Somebody of the studio has this e-mail address."),
    "external_id_taken": Code(409, "Somebody of the studio has this external id."),
    "faces_ended": Code(409, "Faces of the event are no longer described: a deadline is over, or it was archived."),
    "left_out": Code(409, "Whoever the place in the photo shows asked that no face be described there."),
    "picture_in_use": Code(409, "The picture enrols somebody else."),
    "reference_outdated": Code(409, "Another model described the reference; send its picture again."),
    "notice_changed": Code(409, "The privacy notice has changed since the form was shown."),
    "challenge_used": Code(409, "The challenge was used; ask for another."),
    "challenge_expired": Code(409, "The challenge is older than two minutes; ask for another."),
    "other_person": Code(409, "The picture shows somebody else than the photos that were found for the guest."),
    "answer_late": Code(409, "The question whose photos a selfie found was open for too long."),
    "too_many_profiles": Code(409, "No more people can be added to the guests of this device."),
    "face_enrolled": Code(409, "The face enrols a person: it is deleted, not given another name."),
    "photo_busy": Code(409, "A worker is analysing the photo; wait as long as Retry-After says."),
    "session_expired": Code(410, "The session's page for guests was open until a moment that has passed."),
    "config_changed": Code(412, "The settings have changed since If-Match was read."),
    "nothing_to_merge": Code(400, "Two groups or more can be merged."),
    "not_one_group": Code(400, "The faces are not of one group."),
    "not_one_occasion": Code(400, "The groups or faces are not of one photo session."),
    "not_named": Code(400, "A face without a name can not be confirmed or denied."),
    "several_of_that_name": Code(409, "Several people have this name; choose one by id."),
    "two_people": Code(409, "The groups have different names."),
    "not_described": Code(409, "The model in use has not described this face yet."),
    "changed_since": Code(409, "A later decision changed the same; undo that one first."),
    "session_in_pixora": Code(409, "Photo sessions are kept in Pixora and can only be changed there."),
    "key_not_usable": Code(409, "The key is revoked, expired or already rotated."),
    "nothing_to_train": Code(409, "Nobody has enough verified faces to learn from."),
    "training_running": Code(409, "A training of this studio is already running."),
    "already_run": Code(409, "This training has been started before; prepare another."),
    "data_changed": Code(409, "The verified faces have changed since the training was prepared."),
    "nothing_learnt": Code(409, "Nothing came of the training that could be used."),
    "not_active": Code(409, "The training's version is not in use."),
    "other_model": Code(409, "Another model describes the faces now; train again."),
    "restore_conflict": Code(
        409, "Something that was made since stands in the way of what the trash would bring back."
    ),
    "rate_limited": Code(429, "Too many requests; wait as long as Retry-After says."),
    # on the staff pages
    "bad_box": Code(400, "The box of a face is too small, or outside the picture."),
    "nothing_left": Code(400, "Every face of this photo has a name."),
    "upload_missing": Code(404, "The file that was announced is not in the bucket."),
    "face_there": Code(409, "This face has a box already."),
    # sent again
    "idempotency_in_flight": Code(409, "The first request with this Idempotency-Key is still being processed."),
    "idempotency_key_reused": Code(422, "This Idempotency-Key was used with another request."),
    # pictures
    "image_too_large": Code(413, "The file has too many bytes, or the picture too many pixels."),
    "infected_file": Code(422, "A virus scanner found something in the file.", {"virus": "Eicar-Test-Signature"}),
    "image_too_complex": Code(
        413, "The picture asks for more work than its size explains; save it anew.", {"limit": "scans"}
    ),
    "not_an_image": Code(415, "The file is not a picture, or it is damaged."),
    "truncated_image": Code(415, "The file is cut off before anything of the picture could be shown."),
    "unsupported_type": Code(415, "Pictures of this format are not taken.", {"format": "GIF"}),
    "face_not_found": Code(422, "No face was found in the picture."),
    "multiple_faces": Code(
        422, "The picture shows several faces.", {"faces": [{"x": 10, "y": 10, "width": 80, "height": 100}]}
    ),
    "low_quality": Code(422, "The face cannot be used.", {"reasons": ["too_small", "blurred"]}),
    "unreadable_value": Code(
        422, "Something stored with the photo cannot be read, such as a date.", {"columns": ["taken_at"]}
    ),
    "photo_failed": Code(422, "The photo cannot be analysed.", {"error": "not_an_image"}),
    # the server
    "internal_error": Code(500, "Something went wrong on our side; the log has more under the request_id."),
    "unavailable": Code(503, "The database does not answer."),
    "pixora_unavailable": Code(503, "The photo sessions live in Pixora, which does not answer."),
    "pixora_schema": Code(
        503, "Pixora's table of photo sessions has changed.", {"problem": "missing columns: facepass_enabled"}
    ),
    "storage_unavailable": Code(503, "The storage of the photos does not answer, or is full; nothing was kept."),
    "virus_scan_unavailable": Code(503, "The virus scanner does not answer; no file is taken until it does."),
    "uploads_busy": Code(503, "Pictures that are arriving take all memory; wait as long as Retry-After says."),
    "decoders_busy": Code(503, "Pictures of other requests take all decoders; wait as long as Retry-After says."),
    "model_not_installed": Code(503, "The model that is asked for is not installed.", {"pack": "buffalo_l"}),
    "model_corrupt": Code(503, "A file of the model is damaged."),
    "model_gone": Code(
        503,
        "What described the faces has gone with an update; searches and new photos wait for `generate_descriptors`.",
        {"engine": "dlib", "model": "dlib_face_recognition_resnet_model_v1"},
    ),
    "template_key_changed": Code(
        503,
        "TEMPLATE_KEY is not the one that protects the stored faces; searches and new photos wait for that key, or for "
        "`generate_descriptors`. `details` are fingerprints.",
        {"stored": "32b2dcb3361a14fe", "present": "90c1a4f1de2b7f03"},
    ),
    "model_switched": Code(503, "Another model was made the one in use; the server has to start again."),
    "runtime_unusable": Code(503, "The runtime that the settings ask for cannot run the model."),
    "device_missing": Code(503, "INFERENCE_DEVICE asks for a GPU that can not be used."),
    # commands
    "already_installed": _command_error("The model pack is installed."),
    "already_running": _command_error("It already runs."),
    "database_away": _command_error("The database did not answer within DATABASE_WAIT_SECONDS."),
    "database_not_shared": _command_error("A host with a role of its own needs the database of DATABASE_URL."),
    "not_migrated": _command_error("Nobody has migrated the database within DATABASE_WAIT_SECONDS."),
    "schema_is_newer": _command_error("A newer release has migrated the database."),
    "cannot_listen": _command_error("The address or port can not be listened on."),
    "download_failed": _command_error("The model could not be downloaded."),
    "engine_fixed": _command_error("The environment names the engine, so it can not be switched."),
    "folder_not_found": _command_error("There is no such folder."),
    "invalid_name": _command_error("That is not the name of a model pack."),
    "no_previous": _command_error("There is no version to go back to."),
    "not_a_pack": _command_error("That is not a usable model pack."),
    "not_complete": _command_error("Not every photo is described by that version yet."),
    "not_installed": _command_error("An optional package is missing."),
    "not_readable": _command_error("The data to evaluate are incomplete."),
    "other_template_key": _command_error("That version's descriptors were protected with another TEMPLATE_KEY."),
    "unknown_pack": _command_error("The catalogue does not name this model pack."),
    "unknown_kind": _command_error("No part of this version does jobs of that kind."),
    "wrong_digest": _command_error("What was downloaded is not the file that was expected."),
    "backup_failed": _command_error("A back-up could not be made, read or restored; the message says why."),
    "port_taken": _command_error("Another program listens on the port."),
    "previous_in_the_way": _command_error("The folder of the previous pack is in the way."),
}


def build_markdown() -> str:
    """`docs/errors.md`, whole."""
    api = sorted(CODES.items(), key=lambda item: (item[1].status, item[0]))
    rows = [f"| {code.status} | `{name}` | {code.meaning} |" for name, code in api if code.api]
    commands = [f"| `{name}` | {code.meaning} |" for name, code in sorted(CODES.items()) if not code.api]
    return "\n".join([HEAD, *rows, COMMANDS, *commands, ""])


HEAD = """\
# Error codes

Every error has this body, and the same `request_id` in the header `X-Request-ID` and in the server's log:

```json
{"error": {"code": "face_not_found", "message": "No face was found in the picture.", "details": {}}, "request_id": "…"}
```

`code` is stable. `message` is for people, in the language that `Accept-Language` asks for. `details` differ by code:
field names with what is wrong about them (`invalid_request`), `reasons` (`low_quality`), `scopes` and so on.
Of `low_quality`, `message` also says what to do about each reason. They are `too_small`, `blurred`, `turned_away`,
`too_dark`, `too_bright`, `low_confidence` (hardly a face), and of pictures by which somebody is to be known
`sunglasses` and `mask`: these refuse an enrolment, while a selfie is searched with all the same, and its face has
them as reasons.
With 429 and 503 the header `Retry-After` says how many seconds to wait, where that is known.

This page is made from `facepass/core/error_codes.py` by `make openapi`.

| status | code | meaning |
|---|---|---|"""

COMMANDS = """
## From the command line

`manage.py` says these in one line and ends with status 1; a worker writes them to the row of the photo.

| code | meaning |
|---|---|"""
