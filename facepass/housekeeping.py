"""What the ground floor throws away when its time is over. The workers' reconciler calls this every few seconds."""

from django.core.cache import cache
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from facepass import idempotency, limits

EVERY_SECONDS = 600


def tidy() -> None:
    """At most once in ten minutes, whichever worker comes first."""
    if cache.add("facepass.tidied", "yes", timeout=EVERY_SECONDS):
        limits.forget_empty()
        idempotency.forget_old()
        OutstandingToken.objects.filter(expires_at__lte=timezone.now()).delete()
