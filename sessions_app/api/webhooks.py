"""/api/v1/webhooks/…: where a studio's events go, what was delivered, and once more please."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from facepass.core.access.tenancy import require_single_studio
from facepass.core.api.pagination import Cursors, CursorsOrPages
from facepass.core.api.serializers import StrictModelSerializer
from facepass.core.api.views import TenantViewSet, Validated
from facepass.models import EventType, Scope
from sessions_app.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from sessions_app.webhooks import outbox
from sessions_app.webhooks.addresses import check_address


class EndpointSerializer(StrictModelSerializer[WebhookEndpoint]):
    url = serializers.URLField(max_length=500, validators=[check_address])
    events = serializers.ListField(child=serializers.ChoiceField(EventType.choices), allow_empty=False, max_length=50)

    class Meta:
        model = WebhookEndpoint
        fields = ["id", "url", "description", "events", "enabled", "failing_since", "disabled_at", "created_at"]
        read_only_fields = ["id", "failing_since", "disabled_at", "created_at"]

    def update(self, instance: WebhookEndpoint, validated_data: Validated) -> WebhookEndpoint:
        if validated_data.get("enabled") and not instance.enabled:
            instance.reset_failures()
        return super().update(instance, validated_data)


class SecretSerializer(EndpointSerializer):
    """With the secret that signs: in the answer that made it, and nowhere else."""

    secret = serializers.CharField(read_only=True)

    class Meta(EndpointSerializer.Meta):
        fields = [*EndpointSerializer.Meta.fields, "secret"]


class AttemptSerializer(StrictModelSerializer[WebhookAttempt]):
    class Meta:
        model = WebhookAttempt
        fields = ["number", "started_at", "duration_ms", "url", "request_headers", "status", "answer", "error"]


class DeliverySerializer(StrictModelSerializer[WebhookDelivery]):
    event_id = serializers.UUIDField(read_only=True)
    event = serializers.CharField(source="event.type", read_only=True)
    endpoint_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = WebhookDelivery
        fields = ["id", "endpoint_id", "event_id", "event", "state", "attempts", "due_at", "created_at", "delivered_at"]
        read_only_fields = fields


class LoggedDeliverySerializer(DeliverySerializer):
    payload = serializers.JSONField(source="event.data", read_only=True)
    log = AttemptSerializer(many=True, read_only=True)

    class Meta(DeliverySerializer.Meta):
        fields = [*DeliverySerializer.Meta.fields, "payload", "log"]
        read_only_fields = fields


@extend_schema(tags=["webhooks"])
class EndpointViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    mixins.ListModelMixin,
    TenantViewSet[WebhookEndpoint],
):
    serializer_class = EndpointSerializer
    pagination_class = CursorsOrPages
    queryset = WebhookEndpoint.objects.all()
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    scope = Scope.ADMIN
    # What answers with a secret is not kept for an Idempotency-Key.
    keeps_answers = False

    @extend_schema(request=EndpointSerializer, responses={201: SecretSerializer})
    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        endpoint = serializer.save(studio=require_single_studio(self.principal))
        return Response(SecretSerializer(endpoint).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=SecretSerializer)
    @action(detail=True, methods=["post"], url_path="rotate-secret")
    def rotate_secret(self, request: Request, pk: UUID) -> Response:
        """A new secret; for a day every delivery is signed with both."""
        endpoint = self.get_object()
        endpoint.rotate()
        return Response(SecretSerializer(endpoint).data)

    @extend_schema(request=None, responses={202: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: UUID) -> Response:
        """Sends an event `webhook.test`."""
        delivery = outbox.send_test_event(self.get_object())
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=DeliverySerializer(many=True))
    @action(detail=True, pagination_class=Cursors)
    def deliveries(self, request: Request, pk: UUID) -> Response:
        deliveries = self.get_object().deliveries.select_related("event")
        return self.answer_nested(deliveries, lambda page: DeliverySerializer(page, many=True).data)


@extend_schema(tags=["webhooks"])
class DeliveryViewSet(mixins.RetrieveModelMixin, TenantViewSet[WebhookDelivery]):
    serializer_class = LoggedDeliverySerializer
    queryset = WebhookDelivery.objects.select_related("event").prefetch_related("log")
    scope = Scope.ADMIN

    @extend_schema(request=None, responses={202: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: UUID) -> Response:
        """Sends the same event again, also where it was delivered."""
        delivery = self.get_object()
        delivery.replay()
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)
