"""The OpenAPI document and the list of error codes: checked in, complete, and the same as the code."""

import json
import re

import jsonschema
import pytest
from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.validation import validate_schema

import facepass
from facepass.core.api.document.completion import METHODS
from facepass.core.api.document.notes import NOTES
from facepass.core.api.document.refusals import OF_OPERATION
from facepass.core.api.document.requests import FORMS, REQUESTS
from facepass.core.api.document.summaries import SUMMARIES, TAGS
from facepass.core.error_codes import CODES, build_markdown
from facepass.testing.error_codes_used import used

DOCS = settings.BASE_DIR / "docs"
REFRESH = "run `make openapi` and look at the difference"


@pytest.fixture(scope="module")
def schema():
    with translation.override("en"):
        made = SchemaGenerator().get_schema(request=None, public=True)
    return json.loads(OpenApiJsonRenderer().render(made, renderer_context={}))


def operations(schema):
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def test_the_document_that_is_checked_in_is_that_of_the_code(schema):
    assert json.loads((DOCS / "openapi.json").read_text()) == schema, REFRESH


def test_the_document_is_valid(schema):
    validate_schema(schema)


def test_every_operation_has_a_tag_and_answers_errors_in_the_envelope(schema):
    for name, operation in operations(schema):
        assert operation["tags"] in [[tag] for tag in TAGS], name
        if operation["tags"] == ["service"]:
            continue
        assert {"400", "429", "503"} <= operation["responses"].keys(), name
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                content = response["content"]["application/json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Error"}, (name, status)
                assert {CODES[code].status for code in content["examples"]} == {int(status)}, (name, status)


def test_everything_is_described(schema):
    for name, operation in operations(schema):
        assert operation["summary"], f"{name}: facepass/core/api/document/summaries.py"
        assert operation["description"], f"{name}: a docstring, or facepass/core/api/document/notes.py"
        for parameter in operation.get("parameters", []):
            assert "$ref" in parameter or parameter["description"], (name, parameter["name"])
    missing = [
        f"{name}.{field}"
        for name, described in schema["components"]["schemas"].items()
        for field, value in described.get("properties", {}).items()
        if not value.get("description")
    ]
    assert missing == [], "a help_text, or facepass/core/api/document/fields.py"


def test_the_tables_name_operations_that_there_are(schema):
    there = {name for name, _operation in operations(schema)}
    named = {*SUMMARIES, *NOTES, *OF_OPERATION, *FORMS, *REQUESTS}
    assert named - there == set()
    assert {tag["name"] for tag in schema["tags"]} == {
        tag for _name, operation in operations(schema) for tag in operation["tags"]
    }


def test_ids_of_operations_are_unique_and_their_paths_name_their_parameters(schema):
    ids = [operation["operationId"] for _name, operation in operations(schema)]
    assert len(ids) == len({*ids})
    for name, operation in operations(schema):
        named = {part["name"] for part in operation.get("parameters", []) if part.get("in") == "path"}
        assert named == {*re.findall(r"{(\w+)}", name)}, name


def test_the_document_is_of_its_version_throughout(schema):
    text = json.dumps(schema)
    assert '"nullable"' not in text
    assert schema["servers"][0]["url"] == "/"
    assert schema["info"]["version"] == facepass.__version__
    assert {"/health", "/health/ready", "/health/detailed", "/api/v1/health"} <= schema["paths"].keys()


def test_nothing_is_filled_in_that_may_be_sent_once_only(schema):
    """What documentation pages fill in: a second request with one Idempotency-Key would be refused."""
    for name, parameter in schema["components"]["parameters"].items():
        assert not {"example", "examples", "default"} & parameter.keys(), name


def test_every_request_has_an_example_that_its_schema_allows(schema):
    for name, operation in operations(schema):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            examples = (
                [content["example"]] if "example" in content else [e["value"] for e in content["examples"].values()]
            )
            for example in examples:
                jsonschema.validate(example, {**content["schema"], "components": schema["components"]})
            assert examples, (name, kind)


# What no operation of the document answers: another method, another Accept, a crash; what pages of guests and of staff
# answer; what the result of a task says.
ELSEWHERE = {
    *("method_not_allowed", "not_acceptable", "internal_error"),
    *(
        "answer_late",
        "consent_required",
        "consent_withdrawn",
        "email_invalid",
        "liveness_required",
        "no_file",
        "not_live",
    ),
    *("notice_changed", "other_person", "pin_required", "pin_wrong", "session_expired", "too_many_profiles"),
    *("bad_box", "face_there", "left_out", "nothing_left", "upload_missing"),
    "data_changed",
}


def test_every_error_code_of_the_api_has_an_example(schema):
    shown = schema["components"]["examples"].keys()
    assert shown == {name for name, code in CODES.items() if code.api} - ELSEWHERE, "document/refusals.py"


def test_every_operation_says_who_may_call_it(schema):
    open_to_all = {name for name, operation in operations(schema) if {} in operation["security"]}
    health = {f"GET {path}" for path in ("/health", "/health/ready", "/health/detailed", "/api/v1/health")}
    assert open_to_all == health | {f"POST /api/v1/auth/{name}" for name in ("token", "refresh", "logout")}
    assert schema["components"]["securitySchemes"].keys() == {"apiKey", "token", "session"}


def test_the_list_of_codes_is_that_of_the_code():
    raised = used()
    assert sorted(raised.keys() - CODES.keys()) == [], "add them to facepass/core/error_codes.py"
    assert sorted(CODES.keys() - raised.keys()) == [], "nothing raises them any more"
    wrong = {name: raised[name] for name, code in CODES.items() if code.api and raised[name] != {code.status}}
    assert wrong == {}, "facepass/core/error_codes.py names another status"


def test_the_page_of_codes_is_up_to_date():
    assert (DOCS / "errors.md").read_text() == build_markdown(), REFRESH


@pytest.mark.django_db
def test_the_document_is_served_with_and_without_slash(client):
    for path in ("/openapi.json", "/openapi.json/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert json.loads(answer.content)["openapi"] == "3.1.0"
