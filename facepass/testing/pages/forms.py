"""A page's form as a browser would send it: every field as it stands."""

from html.parser import HTMLParser


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name, kind = told.get("name", ""), told.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in told:
            self._keep(self._select, told.get("value", ""))
        elif tag == "textarea":
            self._textarea = name
            self._keep(name, "")
        elif tag == "input" and _is_sent(kind, told):
            self._keep(name, told.get("value", "on" if kind == "checkbox" else ""))

    def handle_endtag(self, tag: str) -> None:
        self._textarea = "" if tag == "textarea" else self._textarea

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea][-1] += data.removeprefix("\n")

    def _keep(self, name: str, value: str) -> None:
        if name:
            self.fields.setdefault(name, []).append(value)


def _is_sent(kind: str, told: dict[str, str]) -> bool:
    is_left = kind in ("submit", "file", "button") or "disabled" in told
    return not is_left and (kind not in ("checkbox", "radio") or "checked" in told)


def read_form(page: str) -> dict[str, list[str]]:
    """Return the values of all fields of the page, by their names."""
    reader = _FormReader()
    reader.feed(page)
    return reader.fields
