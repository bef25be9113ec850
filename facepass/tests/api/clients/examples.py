"""The document's operations, and an example of what each takes."""

from django.conf import settings
from generator.document import Document

from facepass.core.api.document.completion import list_operations

DOCUMENT = Document.read(settings.BASE_DIR / "docs" / "openapi.json")
OPERATIONS = DOCUMENT.list_operations()
ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


def example_of(operation):
    """Return the fields of the operation's first example; files are the names that they have in it."""
    content = next(iter(_describe(operation).get("requestBody", {}).get("content", {}).values()), {})
    examples = [each["value"] for each in content.get("examples", {}).values()]
    return content.get("example", examples[0] if examples else {})


def query_of(operation):
    """Return a value for each parameter of the operation's query."""
    values = {"boolean": True, "integer": 7, "array": ["a", "b"]}
    return {field.name: values.get(field.schema["type"], "é &") for field in operation.query}


def list_refusals():
    """Return the statuses of all refusals that the document names."""
    operations = [operation for _path, _method, operation in list_operations(DOCUMENT.content)]
    return sorted({status for operation in operations for status in operation["responses"] if status[0] in "45"})


def _describe(operation):
    return next(
        described
        for _path, _method, described in list_operations(DOCUMENT.content)
        if described["operationId"] == operation.id
    )
