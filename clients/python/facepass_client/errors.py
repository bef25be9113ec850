"""What the server refuses."""

from typing import Any

import httpx


class Refused(Exception):
    """An answer that is an error. `code` is stable; `message` is for people; `request_id` finds it in the logs."""

    def __init__(
        self, status: int, code: str, message: str, *, details: dict[str, Any], request_id: str | None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.request_id = request_id

    @classmethod
    def from_answer(cls, answer: httpx.Response) -> "Refused":
        """A proxy in between may answer with something else than the envelope."""
        try:
            body = answer.json()
            error = body["error"]
            code, message, details = error["code"], error["message"], error.get("details") or {}
        except (ValueError, KeyError, TypeError):
            return cls(answer.status_code, "unknown", answer.text[:200], details={}, request_id=None)
        return cls(answer.status_code, code, message, details=details, request_id=body.get("request_id"))
