"""/api/v1/admin/users and /api/v1/admin/stats: who works in the studio, and how much there is."""

from datetime import date, timedelta
from typing import Any, TypedDict

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django_q.models import OrmQ
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.filters import SearchFilter
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import Principal, studios_of
from facepass.core.api.filters import FilterBackend
from facepass.core.api.pagination import CursorsOrPages
from facepass.core.api.serializers import StrictModelSerializer
from facepass.core.api.views import InputView, ListView, validate
from facepass.core.errors import FacePassError
from facepass.models import Membership, Scope
from galleries.models import Gallery, GalleryImage, Person, PhotoFace
from galleries.models.photo import GalleryImageQuerySet, PhotoState
from recognition.engines import registry
from sessions_app import analytics
from sessions_app.analytics import Period
from sessions_app.api.analytics import FROM, TO, DayUsageSerializer, PeriodSerializer, UsageSerializer
from sessions_app.models import KeyDay, SessionDay

DAYS = 30


class Day(TypedDict):
    date: date
    uploaded: int
    processed: int


class StaffSerializer(StrictModelSerializer[Membership]):
    """A member of staff in one studio; the account itself may have roles in others."""

    id = serializers.IntegerField(source="user.pk", read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)
    email = serializers.CharField(source="user.email", read_only=True)
    full_name = serializers.CharField(source="user.get_full_name", read_only=True)
    is_active = serializers.BooleanField(source="user.is_active", read_only=True)
    last_login = serializers.DateTimeField(source="user.last_login", read_only=True, allow_null=True)
    studio_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "username", "email", "full_name", "role", "is_active", "last_login", "studio_id"]


class ByName(CursorsOrPages):
    ordering = "username"


class StaffView(ListView[Membership]):
    serializer_class = StaffSerializer
    queryset = Membership.objects.none()
    scope = Scope.ADMIN
    pagination_class = ByName
    filter_backends = [FilterBackend, SearchFilter]
    filterset_fields = ["role"]
    search_fields = ["user__username", "user__email", "user__first_name", "user__last_name"]

    def get_queryset(self) -> QuerySet[Membership]:
        memberships = Membership.objects.filter(studio__in=studios_of(self.principal))
        return memberships.select_related("user").annotate(username=F("user__username"))


class StateCountsSerializer(serializers.Serializer[object]):
    total = serializers.IntegerField()
    pending = serializers.IntegerField()
    processing = serializers.IntegerField()
    processed = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="With those that were given up.")


class FaceCountsSerializer(serializers.Serializer[object]):
    total = serializers.IntegerField()
    named = serializers.IntegerField()
    verified = serializers.IntegerField()


class ModelInUseSerializer(serializers.Serializer[object]):
    name = serializers.CharField()
    model = serializers.CharField()
    contract_id = serializers.CharField()


class DaySerializer(serializers.Serializer[object]):
    date = serializers.DateField()
    uploaded = serializers.IntegerField()
    processed = serializers.IntegerField()


class KeyDaySerializer(serializers.Serializer[KeyDay]):
    date = serializers.DateField(source="day")
    searches = serializers.IntegerField()
    hits = serializers.IntegerField(help_text="Searches that found photos.")


class KeyUsageSerializer(serializers.Serializer[object]):
    key_id = serializers.UUIDField(help_text="The API key; one that was deleted has no figures.")
    name = serializers.CharField()
    searches = serializers.IntegerField(help_text="In the whole period.")
    hits = serializers.IntegerField(help_text="Searches that found photos.")
    hit_rate = serializers.FloatField(help_text="Hits for each search, from 0 to 1.")
    days = KeyDaySerializer(many=True, help_text="Oldest first; days on which nothing happened are left out.")


class SearchUsageSerializer(serializers.Serializer[object]):
    """Searches of sessions by guests and partners, and what guests did with what was found, in a period."""

    total = UsageSerializer()
    days = DayUsageSerializer(many=True, help_text="Oldest first; days on which nothing happened are left out.")
    keys = KeyUsageSerializer(
        many=True,
        help_text="Searches of sessions by the studio's API keys, which are among those above; keys that did not "
        "search are left out.",
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        period = {"from": serializers.DateField(), "to": serializers.DateField()}
        return {**period, **super().get_fields()}


class StatsSerializer(serializers.Serializer[object]):
    galleries = serializers.IntegerField()
    photos = StateCountsSerializer()
    faces = FaceCountsSerializer()
    people = serializers.IntegerField()
    storage_bytes = serializers.IntegerField(help_text="Of the originals.")
    queue = serializers.IntegerField(help_text="Wake-up calls that wait for a worker, of the whole installation.")
    model = ModelInUseSerializer(allow_null=True, help_text="Null where none is installed.")
    per_day = DaySerializer(many=True, help_text="The last 30 days, oldest first; days without photos are left out.")
    usage = SearchUsageSerializer(help_text="From `from` to `to`, each day in its studio's time zone.")


class StatsView(InputView):
    scope = Scope.ADMIN
    pagination_class = None

    @extend_schema(parameters=[FROM, TO], responses=StatsSerializer)
    def get(self, request: Request) -> Response:
        # As a dict, in which an empty value is no date; in a form it would be none given.
        asked, today = request.query_params.dict(), {"today": timezone.localdate()}
        period: Period = validate(PeriodSerializer, asked, context=today)["period"]
        counted = count_everything(self.principal) | {"usage": _count_usage(self.principal, period)}
        return Response(StatsSerializer(counted).data)


def _count_usage(principal: Principal, period: Period) -> dict[str, object]:
    rows = SessionDay.objects.visible_to(principal).filter(day__range=(period.first, period.last))
    usages = analytics.sum_by_day(rows)
    return {
        "from": period.first,
        "to": period.last,
        "total": analytics.sum_usage(usages.values()),
        "days": [{"date": day, **UsageSerializer(usage).data} for day, usage in usages.items()],
        "keys": _count_by_key(principal, period),
    }


def _count_by_key(principal: Principal, period: Period) -> list[dict[str, object]]:
    rows = KeyDay.objects.visible_to(principal).filter(day__range=(period.first, period.last))
    counted = []
    for key, days in analytics.group_by_key(rows):
        searches, hits = sum(day.searches for day in days), sum(day.hits for day in days)
        sums = {"searches": searches, "hits": hits, "hit_rate": round(hits / searches, 4)}
        counted.append({"key_id": key.pk, "name": key.name, **sums, "days": days})
    return counted


def count_everything(principal: Principal) -> dict[str, object]:
    """Return what there is in the studios that the principal sees; enrolment pictures count as photos."""
    photos, faces = GalleryImage.objects.visible_to(principal), PhotoFace.objects.visible_to(principal)
    counted = photos.aggregate(
        **{state.value: Count("pk", filter=Q(state=state)) for state in PhotoState},
        total=Count("pk"),
        storage_bytes=Sum("byte_size", default=0),
    )
    return {
        "galleries": Gallery.objects.visible_to(principal).event_galleries().count(),
        "photos": {**counted, "failed": counted["failed"] + counted["quarantined"]},
        "faces": faces.aggregate(
            total=Count("pk"), named=Count("pk", filter=~Q(person=None)), verified=Count("pk", filter=Q(verified=True))
        ),
        "people": Person.objects.visible_to(principal).count(),
        "storage_bytes": counted["storage_bytes"],
        "queue": OrmQ.objects.count(),
        "model": _describe_model(),
        "per_day": _count_by_day(photos),
    }


def _describe_model() -> dict[str, str] | None:
    try:
        engine = registry.engine_in_use()
    except FacePassError:
        return None
    return {"name": engine.name, "model": engine.model, "contract_id": engine.contract_id}


def _count_by_day(photos: GalleryImageQuerySet) -> list[Day]:
    """Return how many photos came and how many were analysed on each of the last days that had any."""
    since = timezone.now() - timedelta(days=DAYS)
    counts = {
        name: dict(
            photos.filter(**{f"{column}__gte": since})
            .order_by()
            .values_list(TruncDate(column))
            .annotate(number=Count("pk"))
        )
        for name, column in (("uploaded", "created_at"), ("processed", "processed_at"))
    }
    days = sorted({*counts["uploaded"], *counts["processed"]})
    return [
        Day(date=day, uploaded=counts["uploaded"].get(day, 0), processed=counts["processed"].get(day, 0))
        for day in days
    ]
