"""/api/v1/privacy and /api/v1/sessions/{id}/privacy: how long what belongs to events is kept, and on which legal basis.

Each answer says which value holds, which level says so, and within which bounds a studio or an event may set another.
"""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import recheck_scope
from facepass.core.api import levels
from facepass.core.api.parsers import JSONParser
from facepass.core.api.views import InputView
from facepass.models import Scope, Studio
from sessions_app import session_access
from sessions_app.api import privacy_shapes as shapes
from sessions_app.api.views import ID
from sessions_app.models import Kept, PhotoSession
from sessions_app.retention import changes, legal_basis, periods
from sessions_app.retention.bounds import Bounds
from sessions_app.retention.periods import PeriodsOwner


@extend_schema(tags=["privacy"])
class PrivacyView(InputView):
    serializer_class = shapes.StudioPrivacyPartSerializer
    parser_classes = [JSONParser]
    pagination_class = None
    scope = {"GET": Scope.READ, "PATCH": Scope.ADMIN}

    @extend_schema(responses=shapes.PrivacySerializer, parameters=[levels.LEVEL])
    def get(self, request: Request) -> Response:
        """What holds for events that say nothing themselves: of the studio, or of the installation."""
        return _answer(levels.find_studio(request))

    @extend_schema(responses=shapes.PrivacySerializer, parameters=[levels.LEVEL])
    def patch(self, request: Request) -> Response:
        """Changes what it names. Null takes back what the level said itself. `bounds` are the installation's to set."""
        studio, values = levels.find_studio(request, changes=True), self.read_input()
        shapes.require_level(values, is_installation=studio is None)
        with transaction.atomic():
            if studio:
                recheck_scope(self.principal, Scope.ADMIN, studio_id=studio.pk)
            owner = PeriodsOwner(studio.pk if studio else None)
            changes.change_periods(owner, _read_days(values), bounds=_read_bounds(values))
            if studio:
                changes.state_basis(studio, **_read_basis(values))
        return _answer(studio)


@extend_schema(tags=["privacy"])
class EventPrivacyView(InputView):
    """What holds for one event; what it does not say itself comes from its studio."""

    serializer_class = shapes.PrivacyPartSerializer
    parser_classes = [JSONParser]
    pagination_class = None
    scope = {"GET": Scope.READ, "PATCH": Scope.ADMIN}

    @extend_schema(responses=shapes.EventPrivacySerializer, parameters=[ID])
    def get(self, request: Request, pk: str) -> Response:
        """What holds for the event, and when what is deleted."""
        return Response(shapes.describe_event(self._find(pk)))

    @extend_schema(responses=shapes.EventPrivacySerializer, parameters=[ID])
    def patch(self, request: Request, pk: str) -> Response:
        """Changes what it names. Null takes back what the event said itself."""
        session, values = self._find(pk), self.read_input()
        with transaction.atomic():
            recheck_scope(self.principal, Scope.ADMIN, studio_id=session.studio_id)
            changes.change_periods(PeriodsOwner.for_session(session), _read_days(values))
            changes.state_basis(session, **_read_basis(values))
        return Response(shapes.describe_event(self._find(pk)))

    def _find(self, pk: str) -> PhotoSession:
        """Raise 404 for a session that is unknown or another studio's."""
        return session_access.require_visible(session_access.parse_id(pk), principal=self.principal).session


def _answer(studio: Studio | None) -> Response:
    owner = PeriodsOwner(studio.pk if studio else None)
    found = (
        legal_basis.find_studio_basis(Studio.objects.select_related("privacy").get(pk=studio.pk)) if studio else None
    )
    return Response(
        {
            "level": owner.level,
            "legal_basis": shapes.describe_basis(found) if found else None,
            "retention": shapes.describe_periods(owner, periods.load_periods(owner)),
        }
    )


def _read_days(values: dict[str, Any]) -> dict[Kept, int | None]:
    return {Kept(name): days for name, days in values.get("retention", {}).items()}


def _read_bounds(values: dict[str, Any]) -> dict[Kept, Bounds]:
    return {Kept(name): Bounds(**(found or {})) for name, found in values.get("bounds", {}).items()}


def _read_basis(values: dict[str, Any]) -> dict[str, str]:
    return {name: values[name] or "" for name in ("legal_basis", "basis_note") if name in values}
