"""/api/v2/config: what may be tuned while FacePass runs. It holds for the whole installation."""

from datetime import datetime
from typing import Any

from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.api.pagination import Cursors
from facepass.core.api.parsers import JSONParser
from facepass.core.api.serializers import StrictModelSerializer
from facepass.core.api.views import InputView
from facepass.core.errors import FacePassError
from facepass.models import Scope
from recognition import config
from recognition.config import RecognitionSettings
from recognition.models import RecognitionConfig, RecognitionConfigChange


class ConfigPart(BaseModel):
    """What is left out stays as it is."""

    recognition_settings: RecognitionSettings


class Config(BaseModel):
    """`updated_at` is null while the defaults hold."""

    recognition_settings: RecognitionSettings
    updated_at: datetime | None


class ConfigChangeSerializer(StrictModelSerializer[RecognitionConfigChange]):
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField()

    class Meta:
        model = RecognitionConfigChange
        fields = ["key", "before", "after", "changed_by", "changed_at"]


IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag that was read; 412 where it has changed since."
)


class ConfigView(InputView):
    parser_classes = [JSONParser]
    pagination_class = None
    scope = {"GET": Scope.READ, "PUT": Scope.ADMIN}

    @extend_schema(responses=Config)
    def get(self, request: Request) -> Response:
        return _answer(config.recognition_settings())

    @extend_schema(request=ConfigPart, responses=Config, parameters=[IF_MATCH])
    def put(self, request: Request) -> Response:
        """Changes what it names, checks the whole, and holds from the next photo or search on."""
        part = _read_settings(request.data)
        if_match = parse_etags(request.headers.get("If-Match", ""))
        return _answer(config.change_settings(part, by=str(self.principal), if_match=if_match))


class NewestFirst(Cursors):
    ordering = "-changed_at"


class ConfigHistoryView(generics.ListAPIView[RecognitionConfigChange]):
    """Who changed what, newest first."""

    serializer_class = ConfigChangeSerializer
    queryset = RecognitionConfigChange.objects.all()
    pagination_class = NewestFirst
    scope = Scope.ADMIN


def _read_settings(body: object) -> Any:  # checked by `config.change_settings`
    """Return the settings that were sent. Raise 400 `invalid_config` unless `recognition_settings` is all that was."""
    if isinstance(body, dict) and set(body) == {config.KEY}:
        return body[config.KEY]
    others = sorted(set(body) - {config.KEY}) if isinstance(body, dict) else []
    wrong = dict.fromkeys(map(config.replace_surrogates, others), _("Unknown.")) or {config.KEY: _("This is required.")}
    message = _("These recognition settings are not valid: %(fields)s") % {"fields": ", ".join(wrong)}
    raise FacePassError("invalid_config", message, details=wrong)


def _answer(settings: RecognitionSettings) -> Response:
    changed = RecognitionConfig.objects.filter(key=config.KEY).values_list("updated_at", flat=True).first()
    body = {config.KEY: settings.model_dump(), "updated_at": changed}
    return Response(body, headers={"ETag": config.settings_etag(settings)})
