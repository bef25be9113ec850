"""Examples of requests that work as they stand, where one made of the schema would have alternatives that exclude each
other, or no sense.
"""

from facepass.core.api.document.examples import EXAMPLE_ID, JSONValue

FORM = "multipart/form-data"
REQUESTS: dict[str, JSONValue] = {
    "POST /api/v1/auth/token": {"username": "anna", "password": "correct horse battery"},
    "POST /api/v1/auth/refresh": {"refresh": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…"},
    "POST /api/v1/auth/logout": {"refresh": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…"},
    "POST /api/v1/admin/keys": {"name": "Our app", "scopes": ["read", "search"]},
    "POST /api/v1/admin/keys/{id}/rotate": {"overlap_hours": 24},
    "POST /api/v1/sessions": {"name": "Wedding of Maria and Ivan", "scheduled_at": "2026-11-20T18:00:00Z"},
    "PATCH /api/v1/sessions/{id}": {"description": "In the old mill"},
    "PUT /api/v1/sessions/{id}/config": {"recognition_settings": {"confidence_thresholds": {"search": 0.5}}},
    "PUT /api/v2/config": {"recognition_settings": {"confidence_thresholds": {"search": 0.5}}},
    "PATCH /api/v1/privacy": {"retention": {"faces": 400}},
    "PATCH /api/v1/sessions/{id}/privacy": {"legal_basis": "contract", "retention": {"faces": 400}},
    "POST /api/v1/galleries": {"title": "Ceremony", "shoot_date": "2026-11-20", "session_id": EXAMPLE_ID},
    "PATCH /api/v1/galleries/{id}": {"shoot_date": "2026-11-20"},
    "POST /api/v1/people": {"real_name": "Maria Petrova", "external_id": "crm-4713"},
    "PATCH /api/v1/people/{id}": {"metadata": {"table": "7"}},
    "POST /api/v1/users": {"full_name": "Anna Petrova", "email": "anna@example.com"},
    "PATCH /api/v1/users/{id}": {"metadata": {"table": "8"}},
    "PATCH /api/v1/faces/{id}": {"name": "Maria Petrova"},
    "POST /api/v1/groups/{id}/name": {"name": "Maria Petrova"},
    "POST /api/v1/webhooks": {"url": "https://app.example.com/hooks", "events": ["gallery.processed", "face.enrolled"]},
    "PATCH /api/v1/webhooks/{id}": {"description": "Our app"},
    "POST /api/v2/train/execute": {"training_id": EXAMPLE_ID},
    "POST /cluster-unknown-faces": {"session_id": EXAMPLE_ID},
    "POST /reject-face-cluster": {"group_id": EXAMPLE_ID},
    "POST /api/v1/faces/search": {"face_id": EXAMPLE_ID, "limit": 20},
    "POST /api/v2/recognize/batch": {"gallery_id": EXAMPLE_ID},
    "POST /batch-recognize": {"gallery_id": EXAMPLE_ID},
}
FORMS: dict[str, JSONValue] = {
    "POST /api/v1/compare": {"file": "selfie.jpg", "other_file": "passport.jpg"},
    "POST /api/v1/faces/search": {"file": "selfie.jpg", "limit": 20},
    "POST /api/v1/faces/search-session": {"session_id": EXAMPLE_ID, "file": ["selfie.jpg"]},
    "POST /api/v1/faces/upload": {"person_id": EXAMPLE_ID, "file": "portrait.jpg"},
    "POST /api/v1/galleries/{id}/images": {"files": ["DSC_0001.jpg", "DSC_0002.jpg"]},
    "POST /api/v1/reference": {"file": "passport.jpg", "label": "passport"},
    "POST /api/v1/verify": {"file": "selfie.jpg", "reference_id": EXAMPLE_ID},
    "POST /api/v1/liveness": {"file": "selfie.jpg"},
    "POST /api/v2/recognize/batch": {"files": ["DSC_0001.jpg", "DSC_0002.jpg"]},
    "POST /batch-recognize": {"files": ["DSC_0001.jpg", "DSC_0002.jpg"]},
    "POST /recognize-face": {"file": "DSC_0001.jpg"},
}
# Of alternatives in an address, the one to fill in.
QUERIES = {"GET /api/v1/groups/suggestions": ["session_id"]}


def find_request_example(operation: str, kind: str) -> JSONValue:
    """Return the example of an operation's body, as JSON or as a form; None where one made of its schema will do."""
    return (FORMS if kind == FORM else REQUESTS).get(operation)
