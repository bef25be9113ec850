"""/api/v1/sessions/{id}/analytics: how much a session is used, day by day."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.api.rows import get_row
from facepass.core.api.views import InputView, Validated, validate
from facepass.models import Scope
from sessions_app import analytics, session_access
from sessions_app.analytics import Period
from sessions_app.api.views import ID
from sessions_app.models import PhotoSession

USUAL_DAYS, MOST_DAYS = 30, 366
FROM = OpenApiParameter("from", OpenApiTypes.DATE, description="The first day; by default 30 days are told.")
TO = OpenApiParameter("to", OpenApiTypes.DATE, description="The last day; by default today.")


class PeriodSerializer(serializers.Serializer[object]):
    """`from` is a word of Python's, so the field is named below."""

    to = serializers.DateField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": serializers.DateField(required=False), **super().get_fields()}

    def validate(self, attrs: Validated) -> Validated:
        last = attrs.get("to", self.context["today"])
        usual = date.fromordinal(max(1, last.toordinal() - USUAL_DAYS + 1))
        period = Period(attrs.get("from", usual), last)
        if not 0 <= (period.last - period.first).days < MOST_DAYS:
            limit = {"days": MOST_DAYS}
            raise serializers.ValidationError({"to": [_("A period has 1 to %(days)d days.") % limit]})
        return {"period": period}


class UsageSerializer(serializers.Serializer[object]):
    searches = serializers.IntegerField()
    hits = serializers.IntegerField(help_text="Searches that found photos.")
    hit_rate = serializers.FloatField(allow_null=True, help_text="Null where nobody searched.")
    p50_ms = serializers.FloatField(allow_null=True, help_text="Half of the searches took at most so long.")
    p95_ms = serializers.FloatField(allow_null=True, help_text="Told from buckets: off by a fifth at most.")
    downloads = serializers.IntegerField()
    favourites = serializers.IntegerField()
    consents = serializers.IntegerField()


class DayUsageSerializer(UsageSerializer):
    date = serializers.DateField()


class AnalyticsSerializer(serializers.Serializer[object]):
    session_id = serializers.UUIDField()
    total = UsageSerializer()
    days = DayUsageSerializer(many=True, help_text="Oldest first; days on which nothing happened are left out.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        period = {"from": serializers.DateField(), "to": serializers.DateField()}
        return {**period, **super().get_fields()}


class AnalyticsView(InputView):
    """Counts only. They are FacePass's own, so they can be had also while Pixora does not answer."""

    serializer_class = AnalyticsSerializer
    scope = Scope.READ

    @extend_schema(parameters=[ID, FROM, TO], responses=AnalyticsSerializer)
    def get(self, request: Request, pk: str) -> Response:
        mine = PhotoSession.objects.visible_to(self.principal).select_related("studio")
        session = get_row(mine, session_access.parse_id(pk))
        today = timezone.localdate(timezone=session.studio.zone)
        # As a dict, in which an empty value is no date; in a form it would be none given.
        period: Period = validate(PeriodSerializer, request.query_params.dict(), context={"today": today})["period"]
        usages = analytics.sum_by_day(session.days.filter(day__range=(period.first, period.last)))
        return Response(
            {
                "session_id": str(session.pk),
                "from": period.first,
                "to": period.last,
                "total": UsageSerializer(analytics.sum_usage(usages.values())).data,
                "days": [{"date": day, **UsageSerializer(usage).data} for day, usage in usages.items()],
            }
        )
