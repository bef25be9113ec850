"""/api/v2/config: what may be tuned while FacePass runs, for the installation and, within its bounds, for a studio.

Which of the two a request means, `levels` says. Events have theirs at `/api/v1/sessions/{id}/config`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.authentication import principal_of
from facepass.core.access.tenancy import studios_of
from facepass.core.api import levels
from facepass.core.api.pagination import Cursors
from facepass.core.api.parsers import JSONParser
from facepass.core.api.serializers import StrictModelSerializer
from facepass.core.api.views import InputView, ListView
from facepass.core.database.storable_values import replace_surrogates
from facepass.core.errors import FacePassError
from facepass.models import Scope
from recognition import config
from recognition.config import RecognitionSettings
from recognition.models import RecognitionConfig, RecognitionConfigChange, RecognitionOverride
from recognition.settings import overrides
from recognition.settings.levels import BOUNDS_KEY, Source
from recognition.settings.overrides import INSTALLATION, SettingsOwner


class ConfigPart(BaseModel):
    """What is left out stays as it is. In a studio's or an event's settings, null takes back what it said itself."""

    recognition_settings: RecognitionSettings


class ConfigChangePart(ConfigPart):
    """`override_bounds`: what studios and events may set, for whoever may set up the installation."""

    override_bounds: dict[str, Any] | None = None


class Config(BaseModel):
    """The settings in force at `level`, where each comes from, and within which bounds a studio or event may set it.

    `updated_at` is null while the level says nothing of its own.
    """

    recognition_settings: RecognitionSettings
    updated_at: datetime | None
    level: Source
    sources: dict[str, Any]
    override_bounds: dict[str, Any]


class ConfigChangeSerializer(StrictModelSerializer[RecognitionConfigChange]):
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField()
    level = serializers.SerializerMethodField(help_text="Whose setting it is: installation, studio or event.")

    class Meta:
        model = RecognitionConfigChange
        fields = ["key", "level", "session_id", "before", "after", "changed_by", "changed_at"]

    def get_level(self, change: RecognitionConfigChange) -> Literal["installation", "studio", "event"]:
        if change.studio_id is None:
            return "installation"
        return "event" if change.session_id else "studio"


IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag that was read; 412 where it has changed since."
)


class ConfigView(InputView):
    parser_classes = [JSONParser]
    pagination_class = None
    scope = {"GET": Scope.READ, "PUT": Scope.ADMIN}

    @extend_schema(responses=Config, parameters=[levels.LEVEL])
    def get(self, request: Request) -> Response:
        return answer_settings(_find_owner(request))

    @extend_schema(request=ConfigChangePart, responses=Config, parameters=[levels.LEVEL, IF_MATCH])
    def put(self, request: Request) -> Response:
        """Changes what it names, checks the whole, and holds from the next photo or search on."""
        owner = _find_owner(request, changes=True)
        if_match = parse_etags(request.headers.get("If-Match", ""))
        if owner == INSTALLATION:
            _change_installation(request.data, by=str(self.principal), if_match=if_match)
        else:
            overrides.change_override(owner, read_settings(request.data), by=str(self.principal), if_match=if_match)
        return answer_settings(owner)


class NewestFirst(Cursors):
    ordering = "-changed_at"


class ConfigHistoryView(ListView[RecognitionConfigChange]):
    """Who changed what, newest first: in the caller's studios; with the scope `installation` everywhere."""

    serializer_class = ConfigChangeSerializer
    queryset = RecognitionConfigChange.objects.none()
    pagination_class = NewestFirst
    scope = Scope.ADMIN

    def get_queryset(self) -> QuerySet[RecognitionConfigChange]:
        principal = principal_of(self.request)
        changes = RecognitionConfigChange.objects.all()
        return changes if levels.sets_up_installation(principal) else changes.filter(studio__in=studios_of(principal))


def _find_owner(request: Request, *, changes: bool = False) -> SettingsOwner:
    """Return whose settings the request means. Raise as `levels.find_studio`."""
    studio = levels.find_studio(request, changes=changes)
    return SettingsOwner(studio.pk) if studio else INSTALLATION


def _change_installation(body: object, *, by: str, if_match: Sequence[str]) -> None:
    if isinstance(body, Mapping) and BOUNDS_KEY in body:
        overrides.change_bounds(body[BOUNDS_KEY], by=by)
        body = {name: value for name, value in body.items() if name != BOUNDS_KEY} or {config.KEY: {}}
    config.change_settings(read_settings(body), by=by, if_match=if_match)


def read_settings(body: object) -> Any:  # checked by who changes them
    """Return the settings that were sent. Raise 400 `invalid_config` unless `recognition_settings` is all that was."""
    if isinstance(body, dict) and set(body) == {config.KEY}:
        return body[config.KEY]
    others = sorted(set(body) - {config.KEY}) if isinstance(body, dict) else []
    wrong = dict.fromkeys(map(replace_surrogates, others), _("Unknown.")) or {config.KEY: _("This is required.")}
    message = _("These recognition settings are not valid: %(fields)s") % {"fields": ", ".join(wrong)}
    raise FacePassError("invalid_config", message, details=wrong)


def answer_settings(owner: SettingsOwner) -> Response:
    """Return the answer that says which settings hold there."""
    found = overrides.effective_settings(owner)
    body = {
        config.KEY: found.settings.model_dump(),
        "updated_at": _changed_at(owner),
        "level": owner.level,
        "sources": found.sources,
        BOUNDS_KEY: found.bounds,
    }
    return Response(body, headers={"ETag": config.settings_etag(found.settings)})


def _changed_at(owner: SettingsOwner) -> datetime | None:
    rows = (
        RecognitionConfig.objects.filter(key=config.KEY)
        if owner == INSTALLATION
        else RecognitionOverride.objects.filter(studio=owner.studio_id, session_id=owner.session_id)
    )
    return rows.values_list("updated_at", flat=True).first()
