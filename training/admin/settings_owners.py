"""Whose settings the page shows: the installation's, a studio's, or one event's; and whom else it leads to."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from facepass.console.base import MANAGERS, has_role, is_superuser
from facepass.core.access.authentication import user_of
from facepass.core.access.tenancy import studios_of
from facepass.models import Studio
from galleries.staff_kit.json_views import parse_page_uuid
from galleries.staff_kit.photo_sessions import SessionEntry, find_session
from recognition.settings.overrides import INSTALLATION, SettingsOwner

# Studios that the page links; a superuser of more opens them from their event.
STUDIOS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class OwnerLink:
    """A page of settings that whoever looks may open."""

    title: str
    path: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class OwnedSettings:
    """Whose settings they are, by name, and whether who looks may save them."""

    owner: SettingsOwner
    title: str
    may_save: bool
    studio: Studio | None = None
    event: SessionEntry | None = None

    @property
    def path(self) -> str:
        return _path(self.owner)


def find_owner(request: HttpRequest) -> OwnedSettings:
    """Return whose settings the address names by `event` or `studio`: by default the widest that one may save.

    Raise Http404 for a stranger's.
    """
    if key := request.GET.get("event"):
        event = find_session(request, parse_page_uuid(key))
        if event is None:
            raise Http404
        may_save = has_role(request, event.studio_id, MANAGERS)
        return OwnedSettings(SettingsOwner(event.studio_id, event.pk), event.name, may_save, event=event)
    if key := request.GET.get("studio"):
        return _of_studio(request, studios_of(user_of(request)).filter(pk=parse_page_uuid(key)).first())
    if is_superuser(request):
        return OwnedSettings(INSTALLATION, gettext("The installation"), may_save=True)
    return _of_studio(request, studios_of(user_of(request)).order_by("name", "pk").first())


def _of_studio(request: HttpRequest, studio: Studio | None) -> OwnedSettings:
    if studio is None:
        raise Http404
    return OwnedSettings(SettingsOwner(studio.pk), studio.name, has_role(request, studio.pk, MANAGERS), studio=studio)


def list_owners(request: HttpRequest, shown: OwnedSettings) -> list[OwnerLink]:
    """Return the levels that the page leads to; none where there is one only."""
    links = list(_yield_owners(request, shown))
    return links if len(links) > 1 else []


def _yield_owners(request: HttpRequest, shown: OwnedSettings) -> Iterator[OwnerLink]:
    if is_superuser(request):
        yield OwnerLink(gettext("The installation"), _path(INSTALLATION), shown.owner == INSTALLATION)
    for studio in studios_of(user_of(request)).order_by("name", "pk")[:STUDIOS_SHOWN]:
        owner = SettingsOwner(studio.pk)
        yield OwnerLink(studio.name, _path(owner), shown.owner == owner)
    if shown.event:
        yield OwnerLink(shown.event.name, shown.path, is_current=True)


def _path(owner: SettingsOwner) -> str:
    page = reverse("admin:training_settings")
    if owner.session_id:
        return f"{page}?event={owner.session_id}"
    return f"{page}?studio={owner.studio_id}" if owner.studio_id else page


def require_may_save(shown: OwnedSettings) -> None:
    """Raise PermissionDenied for who may look only."""
    if not shown.may_save:
        raise PermissionDenied
