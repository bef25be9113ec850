"""What an operation asks for, and the HTTP request that it becomes."""

import dataclasses
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from facepass_client.pictures import OnProgress, PictureFile, Sent, Source, is_picture


class NotGiven:
    """Stands for an argument that is left out, where None is a value that the server takes."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NOT_GIVEN"


NOT_GIVEN: Final = NotGiven()


@dataclass(frozen=True, slots=True)
class Call:
    """`form`: the body is a form (True), JSON (False), or a form where it has a picture (None)."""

    method: str
    path: str
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    form: bool | None = False
    if_match: str | NotGiven = NOT_GIVEN
    is_idempotent: bool = False
    idempotency_key: str | NotGiven = NOT_GIVEN
    on_progress: OnProgress | None = None

    def begin(self) -> "Call":
        """Return the call as all its attempts send it: pictures can be read again from where they begin, and one
        Idempotency-Key says to the server that it is the same one.
        """
        body = None if self.body is None else {name: _fix(value) for name, value in self.body.items()}
        key = self.idempotency_key if self.idempotency_key or not self.is_idempotent else str(uuid.uuid4())
        return dataclasses.replace(self, body=body, idempotency_key=key)

    @property
    def address(self) -> str:
        """Return the path with its ids. Raise ValueError for an id that would lead to another path."""
        for name, value in self.ids.items():
            if str(value) in ("", ".", ".."):
                raise ValueError(f"{name} is {value!r}, which is no id")
        return self.path.format_map({name: quote(str(value), safe="") for name, value in self.ids.items()})

    @property
    def may_be_repeated(self) -> bool:
        """Return whether it may be sent again where nobody knows if it arrived."""
        return self.method == "GET" or self.is_idempotent

    def _pictures(self) -> Iterator[Source]:
        for value in (self.body or {}).values():
            yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, Source))

    @contextmanager
    def prepare(self) -> Iterator[dict[str, Any]]:
        """Return httpx's arguments for one attempt; pictures are open until it is over."""
        with ExitStack() as opened:
            request: dict[str, Any] = {"method": self.method, "url": self.address, "headers": self._headers()}
            request["params"] = [*_texts(self.query)]
            if self.body is not None and (self.form or (self.form is None and any(self._pictures()))):
                request["files"] = [*self._form_parts(opened)]
            elif self.body is not None:
                request["json"] = {name: value for name, value in self.body.items() if value is not NOT_GIVEN}
            yield request

    def _headers(self) -> dict[str, str]:
        headers = {"If-Match": self.if_match, "Idempotency-Key": self.idempotency_key}
        return {name: value for name, value in headers.items() if not isinstance(value, NotGiven)}

    def _form_parts(self, opened: ExitStack) -> Iterator[tuple[str, tuple[str | None, Any]]]:
        """Texts go as parts of the form too: httpx makes a form with parts only where each is given as a file."""
        sent = Sent(self.on_progress, [picture.size for picture in self._pictures()])
        for name, value in (self.body or {}).items():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, Source):
                    yield name, (each.name, opened.enter_context(PictureFile(each, sent)))
                else:
                    yield from ((name, (None, text)) for _name, text in _texts({name: each}))


def _fix(value: Any) -> Any:
    """Return pictures with their beginnings, and iterators as lists, which every attempt can go through."""
    if is_picture(value):
        return Source.of(value)
    if isinstance(value, (str, Mapping, NotGiven)) or not hasattr(value, "__iter__"):
        return value
    return [_fix(each) for each in value]


def _texts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return names and values as a query has them; those that are not given, or None, are left out."""
    for name, value in values.items():
        for each in value if isinstance(value, (list, tuple)) else [value]:
            if each is not None and each is not NOT_GIVEN:
                yield name, str(each).lower() if isinstance(each, bool) else str(each)
