"""/api/v1/sessions/{id}/config: what an event's recognition does otherwise than its studio's."""

from django.utils.http import parse_etags
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.api.parsers import JSONParser
from facepass.core.api.views import InputView
from facepass.models import Scope
from recognition.api.config import IF_MATCH, Config, ConfigPart, answer_settings, read_settings
from recognition.settings import overrides
from recognition.settings.overrides import SettingsOwner
from sessions_app import session_access
from sessions_app.api.views import ID


@extend_schema(tags=["sessions"])
class EventConfigView(InputView):
    """The recognition settings of one event; what it does not set itself comes from its studio."""

    parser_classes = [JSONParser]
    pagination_class = None
    scope = {"GET": Scope.READ, "PUT": Scope.ADMIN}

    @extend_schema(responses=Config, parameters=[ID])
    def get(self, request: Request, pk: str) -> Response:
        return answer_settings(self._find_owner(pk))

    @extend_schema(request=ConfigPart, responses=Config, parameters=[ID, IF_MATCH])
    def put(self, request: Request, pk: str) -> Response:
        """Changes what it names, within the bounds of the installation. Null takes back what the event said itself."""
        owner = self._find_owner(pk)
        if_match = parse_etags(request.headers.get("If-Match", ""))
        overrides.change_override(owner, read_settings(request.data), by=str(self.principal), if_match=if_match)
        return answer_settings(owner)

    def _find_owner(self, pk: str) -> SettingsOwner:
        """Return whose settings they are. Raise 404 for a session that is unknown or another studio's."""
        known = session_access.require_visible(session_access.parse_id(pk), principal=self.principal)
        return SettingsOwner(known.session.studio_id, known.session.pk)
