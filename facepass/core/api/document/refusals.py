"""Which error codes each operation can answer with.

What follows from the shape of an operation (it takes a body, has credentials, keeps its answers) is found out here;
what depends on what it does is in the table.
"""

from collections.abc import Iterable

from facepass.core.api.document.examples import Schema

PICTURE = frozenset(
    {
        "image_too_large",
        "image_too_complex",
        "not_an_image",
        "truncated_image",
        "unsupported_type",
        "infected_file",
        "virus_scan_unavailable",
        "uploads_busy",
        "decoders_busy",
    }
)
STORED_PICTURE = PICTURE | {"storage_unavailable"}
ENGINE = frozenset(
    {
        "model_not_installed",
        "model_corrupt",
        "model_gone",
        "model_switched",
        "template_key_changed",
        "runtime_unusable",
        "device_missing",
    }
)
ONE_FACE = frozenset({"face_not_found", "multiple_faces", "low_quality"})
PIXORA = frozenset({"pixora_unavailable", "pixora_schema"})
NAMES = frozenset({"two_people", "not_one_occasion", "nothing_to_merge", "several_of_that_name", "storage_unavailable"})
TAKEN = frozenset({"email_taken", "external_id_taken"})
STUDIO = frozenset({"studio_ambiguous"})
SETTINGS = frozenset({"invalid_config"})
PERIODS = frozenset({"retention_out_of_bounds"})
COMPARED = PICTURE | ENGINE | {"face_not_found"} | STUDIO
FILES = frozenset({"storage_unavailable"})

OF_OPERATION: dict[str, frozenset[str]] = {
    "POST /api/v1/auth/token": frozenset({"password_login_off", "second_factor_required", "second_factor_wrong"}),
    "POST /api/v1/admin/keys": STUDIO | {"scope_not_held"},
    "POST /api/v1/admin/keys/{id}/rotate": frozenset({"scope_not_held", "key_not_usable"}),
    "POST /api/v1/sessions": PIXORA | STUDIO | {"session_exists", "session_in_pixora"},
    "GET /api/v1/sessions": PIXORA,
    "GET /api/v1/sessions/{id}": PIXORA,
    "PATCH /api/v1/sessions/{id}": PIXORA | {"session_in_pixora", "faces_ended"},
    "DELETE /api/v1/sessions/{id}": PIXORA | FILES | {"session_in_pixora"},
    "GET /api/v1/sessions/{id}/config": PIXORA,
    "PUT /api/v1/sessions/{id}/config": PIXORA | SETTINGS | {"config_changed"},
    "GET /api/v1/sessions/{id}/privacy": PIXORA,
    "PATCH /api/v1/sessions/{id}/privacy": PIXORA | PERIODS,
    "GET /api/v1/privacy": STUDIO,
    "PATCH /api/v1/privacy": STUDIO | PERIODS,
    "GET /api/v1/sessions/{id}/facepass-status": PIXORA,
    "GET /api/v1/sessions/{id}/analytics": PIXORA,
    "GET /api/v1/sessions/validate/{id}": PIXORA,
    "POST /api/v1/sessions/validate": PIXORA,
    "DELETE /api/v1/guests/{id}": FILES,
    "GET /api/v1/guests/{id}/export": FILES,
    "POST /api/v1/galleries": PIXORA | STUDIO | {"session_not_found"},
    "PATCH /api/v1/galleries/{id}": PIXORA | {"session_not_found"},
    "DELETE /api/v1/galleries/{id}": FILES,
    "POST /api/v1/galleries/{id}/images": STORED_PICTURE,
    "DELETE /api/v1/images/{id}": FILES,
    "POST /api/v1/images/bulk-delete": FILES,
    "POST /api/v1/people": STUDIO | TAKEN,
    "PATCH /api/v1/people/{id}": TAKEN,
    "DELETE /api/v1/people/{id}": FILES,
    "GET /api/v1/people/{id}/export": FILES,
    "POST /api/v1/people/{id}/merge": NAMES,
    "POST /api/v1/people/bulk": STUDIO,
    "POST /api/v1/people/bulk-delete": FILES,
    "POST /api/v1/users": STUDIO | TAKEN,
    "PATCH /api/v1/users/{id}": TAKEN,
    "DELETE /api/v1/users/{id}": FILES,
    "DELETE /api/v1/enrolments/{id}": FILES,
    "POST /api/v1/faces/upload": STORED_PICTURE | ENGINE | ONE_FACE | {"picture_in_use"},
    "PATCH /api/v1/faces/{id}": NAMES | {"face_enrolled", "not_named", "not_one_group"},
    "DELETE /api/v1/faces/{id}": FILES,
    "POST /api/v1/faces/{id}/move": frozenset({"face_enrolled", "not_one_occasion"}),
    "POST /api/v1/faces/bulk-delete": FILES,
    "POST /api/v1/faces/search": PICTURE | ENGINE | ONE_FACE | {"facepass_disabled", "not_described"},
    "POST /api/v1/faces/search-session": PICTURE | ENGINE | ONE_FACE | PIXORA | {"facepass_disabled"},
    "POST /api/v1/groups/{id}/keep-apart": frozenset({"not_one_occasion", "nothing_to_merge"}),
    "POST /api/v1/groups/{id}/merge": NAMES,
    "POST /api/v1/groups/{id}/name": NAMES | {"not_one_group"},
    "POST /api/v1/groups/{id}/split": frozenset({"not_one_group"}),
    "GET /api/v1/groups/suggestions": ENGINE | {"not_found"},
    "POST /api/v1/decisions/{id}/undo": TAKEN | {"changed_since"},
    "POST /api/v1/compare": COMPARED,
    "POST /api/v1/verify": COMPARED | {"not_described", "reference_outdated"},
    "POST /api/v1/reference": PICTURE | ENGINE | ONE_FACE | STUDIO,
    "POST /api/v1/liveness": PICTURE | ENGINE | ONE_FACE | {"challenge_expired", "challenge_used"},
    "POST /api/v1/liveness/challenges": STUDIO,
    "DELETE /api/v1/trash/{id}": FILES,
    "POST /api/v1/trash/{id}/restore": frozenset({"restore_conflict"}),
    "POST /api/v1/webhooks": STUDIO,
    "GET /api/v2/config": STUDIO,
    "PUT /api/v2/config": STUDIO | SETTINGS | {"config_changed"},
    "POST /api/v2/recognize/batch": PICTURE | ENGINE | STUDIO | {"facepass_disabled", "faces_ended"},
    "POST /api/v2/train/prepare": STUDIO | ENGINE | {"nothing_to_train"},
    "POST /api/v2/train/execute": STUDIO | ENGINE | {"nothing_to_train", "training_running", "already_run"},
    "POST /api/v2/train/{id}/activate": ENGINE | {"nothing_learnt", "other_model"},
    "POST /api/v2/train/{id}/apply": ENGINE | {"not_active"},
    "GET /api/v2/train/{id}/changes": frozenset({"nothing_learnt"}),
    "POST /api/v2/train/{id}/roll-back": frozenset({"not_active"}),
    "POST /detect-faces": STORED_PICTURE
    | ENGINE
    | {"file_missing", "photo_busy", "photo_failed", "unreadable_value", "faces_ended"},
    "POST /recognize-face": PICTURE | ENGINE,
    "POST /batch-recognize": PICTURE | ENGINE | STUDIO | {"facepass_disabled", "faces_ended"},
    "POST /generate-descriptors": STUDIO,
    "POST /rebuild-index": STUDIO,
    "POST /regenerate-unknown-descriptors": STUDIO,
}
IDS = ("_id", "_ids")
# Read as text, so that what is no id is a 400 that says so.
TEXT_IDS = ("/api/v1/sessions/{id}", "/api/v1/sessions/validate/{id}")


def list_codes(operation: Schema, *, method: str, path: str, secured: bool, fields: Iterable[str]) -> set[str]:
    """Return the codes of an operation. `fields`: the names of those that its body has."""
    return {
        "unknown_parameter",
        "rate_limited",
        "unavailable",
        *OF_OPERATION.get(f"{method.upper()} {path}", ()),
        *_codes_of_credentials(method, path, secured=secured),
        *_codes_of_parameters(operation, path, fields=fields),
        *_codes_of_body(operation, method=method),
    }


def _codes_of_credentials(method: str, path: str, *, secured: bool) -> set[str]:
    if secured:
        return {"not_authenticated", "permission_denied", "second_factor_required", "studio_not_found"}
    return {"not_authenticated"} if method == "post" and "/auth/" in path else set()


def _codes_of_parameters(operation: Schema, path: str, *, fields: Iterable[str]) -> set[str]:
    found = operation.get("parameters", [])
    names = {parameter.get("name") for parameter in found}
    codes = {"not_found"} if "{" in path or "cursor" in names or any(name.endswith(IDS) for name in fields) else set()
    if any(parameter.get("in") == "query" for parameter in found) or path.startswith(TEXT_IDS):
        codes.add("invalid_request")
    if any(parameter.get("$ref", "").endswith("IdempotencyKey") for parameter in found):
        codes |= {"idempotency_key_invalid", "idempotency_in_flight", "idempotency_key_reused"}
    return codes


def _codes_of_body(operation: Schema, *, method: str) -> set[str]:
    if "requestBody" not in operation:
        return set() if method == "get" else {"unknown_field"}
    codes = {"invalid_request", "unknown_field", "request_timeout", "too_large", "unsupported_media_type"}
    return codes | ({"uploads_busy"} if "multipart/form-data" in operation["requestBody"]["content"] else set())
