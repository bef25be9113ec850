"""The form of a gallery, which chooses its event from a list."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminSelect2Widget

from galleries.models import Gallery
from galleries.staff_kit import photo_sessions
from galleries.staff_kit.photo_sessions import SessionEntry

# The list is searched in the browser. Older events are reached from their own pages.
EVENTS_OFFERED = 1000

Choices = list[tuple[str, Any]]  # values with labels, or studios with such lists


class EventField(forms.TypedChoiceField):
    """The event of a gallery: one of those that the member of staff may see. A script adds search to the list."""

    def __init__(self, events: Sequence[SessionEntry], **options: Any) -> None:  # as Django's fields take them
        self.events = {event.pk: event for event in events}
        self._options = _build_choices(events)
        options |= {"coerce": parse_id, "empty_value": None, "required": False}
        label = capfirst(pgettext_lazy("photo session", "event"))
        options["help_text"] = _(
            "Where it gets another event, its photos are no longer seen by guests of the one that it had. Names and "
            "decisions stay; faces without a name are grouped anew."
        )
        super().__init__(choices=self._options, label=label, widget=UnfoldAdminSelect2Widget(), **options)

    def offer(self, pk: UUID, event: SessionEntry | None) -> None:
        """Offer the event too, such as one that is too old for the list. Without an entry its id is shown."""
        if event:
            self.events[pk] = event
        self._options.append((str(pk), _build_label(event) if event else str(pk)))
        self.choices = self._options


def _build_choices(events: Iterable[SessionEntry]) -> Choices:
    """Return the options, under their studios where there are several."""
    ordered = sorted(events, key=lambda event: event.studio)
    groups = [(studio, [(str(event.pk), _build_label(event)) for event in own])
              for studio, own in groupby(ordered, key=lambda event: event.studio)]  # fmt: skip
    none: Choices = [("", "–")]
    return [*none, *groups] if len(groups) > 1 else [*none, *(option for _studio, own in groups for option in own)]


def _build_label(event: SessionEntry) -> str:
    return f"{event.name} · {date_format(event.day, 'DATE_FORMAT')}"


def build_event_field(request: HttpRequest) -> EventField:
    return EventField(photo_sessions.list_latest_sessions(request, most=EVENTS_OFFERED))


class GalleryForm(forms.ModelForm[Gallery]):
    """`request` is set by the admin, on a class of each request's own."""

    request: HttpRequest

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("session_id")
        current = self.instance.session_id or self.initial.get("session_id")
        pk = parse_id(current)
        if isinstance(field, EventField) and pk and pk not in field.events:
            event = photo_sessions.find_session(self.request, pk)
            if event or self.instance.session_id:
                field.offer(pk, event)

    def clean(self) -> dict[str, Any]:
        """Refuse an event of another studio, which a superuser's list holds too."""
        values = super().clean() or self.cleaned_data
        field, chosen = self.fields.get("session_id"), values.get("session_id")
        studio = values.get("studio") or (self.instance.studio if self.instance.studio_id else None)
        event = field.events.get(chosen) if isinstance(field, EventField) and chosen else None
        if event and studio and event.studio_id != studio.pk:
            raise ValidationError({"session_id": _("This event is another studio's.")})
        return values


def parse_id(value: object) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
