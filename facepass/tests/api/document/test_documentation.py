"""/openapi.json fills in ids that exist, so that what `/docs` sends without a change is answered."""

import json
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from facepass.core.api.document.completion import list_operations
from facepass.models import Scope
from facepass.testing import access_matrix
from facepass.testing.pictures.fake import picture_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]
FORM = "multipart/form-data"
# What cannot succeed as it is filled in, and why.
REFUSED = {
    # no such account, no such token
    "POST /api/v1/auth/token": "not_authenticated",
    "POST /api/v1/auth/refresh": "not_authenticated",
    "POST /api/v1/auth/logout": "not_authenticated",
    # the demo has no model for it
    "POST /api/v1/liveness": "model_not_installed",
    # nobody has enough verified faces to learn from, and so no version is there
    "POST /api/v2/train/prepare": "nothing_to_train",
    "POST /api/v2/train/execute": "nothing_to_train",
    "POST /api/v2/train/{id}/activate": "nothing_learnt",
    "POST /api/v2/train/{id}/apply": "not_active",
    "GET /api/v2/train/{id}/changes": "nothing_learnt",
    "POST /api/v2/train/{id}/roll-back": "not_active",
}


def test_what_is_filled_in_is_answered(studio, client_of):
    client = client_of(studio, scopes=Scope.values)
    access_matrix.world(studio)
    document = client.get("/openapi.json").json()
    refused = {}
    for path, method, operation in list_operations(document):
        name = f"{method.upper()} {path}"
        with transaction.atomic():
            status, code = send(client, method, path, operation)
            transaction.set_rollback(True)
        if status >= 400:
            refused[name] = code
            assert code in operation["responses"][str(status)]["content"]["application/json"]["examples"], name
    assert refused == REFUSED


def send(client, method, path, operation):
    """Return the status and the error code, if any, of what the documentation page sends without a change."""
    ids = {part["name"]: part["example"] for part in operation.get("parameters", []) if part.get("in") == "path"}
    queries = {
        p["name"]: p["example"] for p in operation.get("parameters", []) if p.get("in") == "query" and "example" in p
    }
    where, call = f"{path.format_map(ids)}?{urlencode(queries)}", getattr(client, method)
    content = operation.get("requestBody", {}).get("content", {})
    if content and "application/json" not in content:
        answer = call(where, build_form(content[FORM]), format="multipart")
    elif content:
        answer = call(where, json.dumps(find_example(content["application/json"])), content_type="application/json")
    else:
        answer = call(where)
    error = answer.json()["error"] if answer.status_code >= 400 else {}
    return answer.status_code, error.get("code")


def find_example(content):
    return content["example"] if "example" in content else next(iter(content["examples"].values()))["value"]


def build_form(content):
    """Return the form of an example, with a picture where it names one."""
    return {
        name: picture_file(value)
        if str(value).endswith(".jpg")
        else [picture_file(each) for each in value]
        if isinstance(value, list) and str(value[0]).endswith(".jpg")
        else value
        for name, value in find_example(content).items()
    }


def picture_file(name):
    return SimpleUploadedFile(name, picture_of(["maria"]), "image/jpeg")
