"""/api/v1/sessions/… and /api/v1/faces/search-session."""

from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from facepass.core.access.tenancy import recheck_scope, require_single_studio
from facepass.core.api.pagination import CursorsOrPages
from facepass.core.api.rows import get_rows
from facepass.core.api.tasks import StartedSerializer
from facepass.core.api.views import InputView, TenantViewSet, TrashMixin
from facepass.core.errors import FacePassError
from facepass.core.metrics import count_refusals
from facepass.core.requests.in_memory_uploads import InMemoryUploadMixin
from facepass.models import ApiKey, Scope
from galleries.api import matches
from galleries.matching.search import lock_existing_matches
from galleries.models import Gallery, Person
from sessions_app import session_access, session_limits
from sessions_app.api import serializers
from sessions_app.models import Origin, PhotoSession
from sessions_app.pixora import gateway
from sessions_app.session_access import CurrentSession
from sessions_app.session_search import SessionSearch, search_session

# Taken as text, so that what is no id is refused as such, and not as a path that does not exist.
ID = OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)


@extend_schema_view(
    retrieve=extend_schema(parameters=[ID]),
    partial_update=extend_schema(parameters=[ID]),
)
class SessionViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    TrashMixin[PhotoSession],
    mixins.ListModelMixin,
    TenantViewSet[PhotoSession],
):
    trash_kind = "event"
    serializer_class = serializers.SessionSerializer
    pagination_class = CursorsOrPages
    queryset = PhotoSession.objects.filter(gone_at=None).select_related("studio")
    lookup_value_converter = "str"
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def get_object(self) -> PhotoSession:
        session = self._known().session
        self.check_object_permissions(self.request, session)
        return session

    def _known(self) -> CurrentSession:
        return session_access.require_visible(session_access.parse_id(self.kwargs["pk"]), principal=self.principal)

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        known = self._known()
        return Response({**self.get_serializer(known.session).data, **_stale(known.stale)})

    def perform_create(self, serializer: BaseSerializer[PhotoSession]) -> None:
        if gateway.is_configured():
            raise _kept_in_pixora()
        studio = require_single_studio(self.principal)
        try:
            with transaction.atomic():
                serializer.save(studio=studio)
        except IntegrityError:
            raise FacePassError(
                "session_exists", _("A photo session with this id already exists."), status=409
            ) from None

    def perform_update(self, serializer: BaseSerializer[PhotoSession]) -> None:
        if serializer.instance and serializer.instance.origin == Origin.PIXORA:
            raise _kept_in_pixora()
        if serializer.instance and serializer.validated_data.get("facepass_enabled"):
            session_limits.require_faces(serializer.instance)
        serializer.save()

    @extend_schema(parameters=[ID], responses={204: None, 202: StartedSerializer})
    def destroy(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Moves it to the trash with its galleries, photos and guests.

        202 with a task where that is more than 1,000 photos. An API key needs the scope `admin` too. Sessions of
        Pixora's are deleted there.
        """
        if self.get_object().origin == Origin.PIXORA:
            raise _kept_in_pixora()
        return super().destroy(request, *args, **kwargs)

    @extend_schema(parameters=[ID], responses=serializers.FacePassStatusSerializer)
    @action(detail=True, url_path="facepass-status")
    def facepass_status(self, request: Request, pk: str) -> Response:
        known = self._known()
        session = known.session
        galleries = Gallery.objects.visible_to(self.principal).in_session(session.pk).with_counts()
        found = list(galleries)
        return Response(
            {
                "session_id": session.pk,
                "facepass_enabled": session.facepass_enabled,
                "galleries": len(found),
                "photos": sum(gallery.photo_count for gallery in found),
                "faces": sum(gallery.face_count for gallery in found),
                **_stale(known.stale),
            }
        )


class ValidateView(InputView):
    serializer_class = serializers.ValidationSerializer
    scope = Scope.READ

    @extend_schema(parameters=[ID], responses=serializers.ValidationSerializer)
    def get(self, request: Request, pk: str) -> Response:
        session_id = session_access.parse_id(pk)
        return Response(
            _validation(session_access.validate_sessions([session_id], principal=self.principal)[session_id])
        )


class ValidateManyView(InputView):
    serializer_class = serializers.ValidateSerializer
    scope = Scope.READ

    @extend_schema(operation_id="sessions_validate_many", responses=serializers.ValidationsSerializer)
    def post(self, request: Request) -> Response:
        found = session_access.validate_sessions(self.read_input()["ids"], principal=self.principal)
        return Response({"results": {str(pk): _validation(answer) for pk, answer in found.items()}})


class SearchSessionView(InMemoryUploadMixin, InputView):
    serializer_class = serializers.SearchSessionSerializer
    parser_classes = [MultiPartParser]
    scope = Scope.SEARCH

    @extend_schema(
        request={"multipart/form-data": serializers.SearchSessionSerializer},
        responses=serializers.SearchAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        values = self.read_input()
        session = session_access.require_usable(values["session_id"], principal=self.principal)
        people = get_rows(Person.objects.visible_to(self.principal), values["person_id"])
        with count_refusals():
            found = search_session(
                session,
                values["file"],
                people=people,
                combine=values["combine"],
                threshold=values.get("threshold"),
                limit=values["limit"],
                explain=values["explain"],
                mode=values.get("detection"),
            )
        return Response(_answer(self._counted(found), request))

    def _counted(self, found: SessionSearch) -> SessionSearch:
        """What may be told, if the session may still be searched by whoever asked."""
        session_access.require_enabled(found.session)  # may ask Pixora, so not in the transaction
        session_limits.require_unended(found.session)
        with transaction.atomic():
            recheck_scope(self.principal, Scope.SEARCH, studio_id=found.session.studio_id)
            session_access.lock_enabled(found.session)
            found.count(key=self.principal if isinstance(self.principal, ApiKey) else None)
            return replace(
                found,
                matches=lock_existing_matches(found.matches, session_id=found.session.pk),
                possible=lock_existing_matches(found.possible, session_id=found.session.pk),
            )


def _validation(answer: session_access.Validation) -> dict[str, object]:
    session = serializers.SessionSerializer(answer.session).data if answer.session else None
    valid = answer.session is not None
    return {"valid": valid, "session": session, "error": answer.error, **_stale(answer.stale)}


def _stale(stale: bool) -> dict[str, bool]:
    """The mark of what Pixora said a while ago; nothing else has it."""
    return {"stale": True} if stale else {}


def _kept_in_pixora() -> FacePassError:
    message = _("Photo sessions are kept in Pixora; create and change them there.")
    return FacePassError("session_in_pixora", message, status=409)


def _answer(found: SessionSearch, request: Request) -> dict[str, object]:
    searched = [
        {
            "bbox": each.face.box.as_json(),
            "confidence": round(each.face.score, 4),
            "quality": each.quality.as_json(),
        }
        for each in found.faces
    ]
    return {
        "session_id": str(found.session.pk),
        "searched_face": searched[0] if searched else None,
        "searched_faces": searched,
        "matches": [matches.describe_match(match, request) for match in found.matches],
        "possible": [matches.describe_match(match, request) for match in found.possible],
        "misses": None if found.misses is None else [matches.describe_miss(miss) for miss in found.misses],
        "threshold": found.threshold,
        "processing_ms": found.processing_ms,
    }
