"""The OpenAPI document and the list of error codes: checked in, complete, and the same as the code."""

import json

import jsonschema
import pytest
from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.validation import validate_schema

from facepass.core.api.schema import METHODS
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
        assert operation["tags"] not in ([], ["api"]), name
        assert {"400", "429", "503"} <= operation["responses"].keys(), name
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert response.get("$ref", "").startswith("#/components/responses/"), (name, status)


def test_every_request_has_an_example_that_its_schema_allows(schema):
    for name, operation in operations(schema):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            examples = (
                [content["example"]] if "example" in content else [e["value"] for e in content["examples"].values()]
            )
            for example in examples:
                jsonschema.validate(example, {**content["schema"], "components": schema["components"]})
            assert examples, (name, kind)


def test_every_error_code_of_the_api_has_an_example(schema):
    shown = {
        name
        for response in schema["components"]["responses"].values()
        for name in response["content"]["application/json"]["examples"]
    }
    # What no operation of the document can answer: another method, another Accept, a guest's page, a crash.
    assert shown == {name for name, code in CODES.items() if code.api and code.status not in (405, 406, 410, 500)}


def test_every_operation_says_who_may_call_it(schema):
    open_to_all = {name for name, operation in operations(schema) if "security" not in operation}
    assert open_to_all == {"POST /api/v1/auth/token/", "POST /api/v1/auth/refresh/"}
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
