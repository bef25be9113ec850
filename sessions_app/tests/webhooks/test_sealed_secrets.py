"""Secrets of webhooks that were stored in clear are sealed by the migration, as often as it is run."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from sessions_app.models import WebhookEndpoint

pytestmark = pytest.mark.django_db
migration = import_module("sessions_app.migrations.0023_seal_webhook_secrets")
EDITOR = SimpleNamespace(connection=connection)


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, previous_secret FROM webhook_endpoints")
        return [bytes(value) if value else None for value in cursor.fetchone()]


@pytest.mark.parametrize("previous", [b"", b"whsec_before"])
def test_secrets_in_clear_are_sealed_and_the_way_back_opens_them(studio, previous):
    endpoint = WebhookEndpoint.objects.create(studio=studio, url="https://a.example.com/", events=[])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE webhook_endpoints SET secret = 'whsec_now', previous_secret = %s", [previous])
    for _time in range(2):
        migration.seal_secrets(None, EDITOR)
    assert not [value for value in stored() if value and b"whsec" in value]
    endpoint.refresh_from_db()
    assert (endpoint.secret, endpoint.previous_secret) == ("whsec_now", previous.decode() or None)
    migration.unseal_secrets(None, EDITOR)
    assert stored() == [b"whsec_now", previous or None]
