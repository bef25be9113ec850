"""One page for several events of a studio: staff make it, put events on it, and take them off."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.urls import reverse

from sessions_app.models import Hub, HubEntry, PhotoSession


def build_url(hub: Hub) -> str:
    """Return the absolute address of the page."""
    return f"{settings.PUBLIC_URL}{reverse('hub', args=[hub.code])}"


def find_hub(session: PhotoSession) -> Hub | None:
    """Return the page that the event is on; None for an event that stands alone."""
    return Hub.objects.filter(entries__session=session).first()


def list_sessions(hub: Hub) -> list[PhotoSession]:
    """Return the page's events, also those that are closed, by day; two queries. None of what is gone from Pixora."""
    sessions = PhotoSession.objects.filter(hub_entry__hub=hub, studio_id=hub.studio_id, gone_at=None)
    return sorted(sessions.select_related("studio", "guest_rules"), key=lambda session: (session.day, session.name))


@transaction.atomic
def start_hub(session: PhotoSession, *, name: str) -> Hub:
    """Make a page of that name with the event on it, and return it."""
    hub = Hub.objects.create(studio_id=session.studio_id, name=name)
    join_hub(session, hub.pk)
    return hub


@transaction.atomic
def join_hub(session: PhotoSession, pk: UUID) -> Hub:
    """Put the event on that page of its studio, and off the one that it was on. Raise Http404 for another studio's."""
    hub = Hub.objects.select_for_update().filter(pk=pk, studio_id=session.studio_id).first()
    if hub is None:
        raise Http404
    former = find_hub(session)
    HubEntry.objects.update_or_create(session=session, defaults={"hub": hub})
    if former and former != hub:
        _end_where_empty(former)
    return hub


@transaction.atomic
def leave_hub(session: PhotoSession) -> None:
    """Take the event off its page. With the last one the page ends: its address opens nothing any more."""
    hub = find_hub(session)
    if hub:
        HubEntry.objects.filter(session=session).delete()
        _end_where_empty(hub)


def _end_where_empty(hub: Hub) -> None:
    locked = Hub.objects.select_for_update().filter(pk=hub.pk).first()
    if locked and not locked.entries.exists():
        locked.delete()
