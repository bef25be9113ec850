"""What is answered where the work outlasts the request: 202 and the id of the task that does it."""

from uuid import UUID

from rest_framework import serializers, status
from rest_framework.response import Response

# When to look how far it is.
RETRY_SECONDS = 1


def task_path(task_id: object) -> str:
    return f"/api/v1/tasks/{task_id}/"


class StartedSerializer(serializers.Serializer[object]):
    task_id = serializers.UUIDField()


def answer_task(task_id: UUID) -> Response:
    """Return 202 with the id under which `/api/v1/tasks` shows how far it is."""
    return Response({"task_id": str(task_id)}, status=status.HTTP_202_ACCEPTED)
