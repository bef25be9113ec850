"""Values that not every reader can hold are mended, and refused from now on (see facepass/core/database/storable_values.py)."""

import datetime
import django.core.validators
import django.db.models.functions.text
import django.db.models.lookups
import facepass.core.database.constraints
import facepass.core.database.storable_values
from django.db import migrations, models

from facepass.core.database.constraints import repair_statements

MENDED = [
    *repair_statements("photo_sessions", known_moments=["scheduled_at"], moments=["created_at", "updated_at", "confirmed_at", "gone_at"], json=["settings"], texts={"description": 10000}),
    *repair_statements("guest_rules", moments=["expires_at"]),
    *repair_statements("guests", moments=["consented_at", "withdrawn_at", "last_seen_at"]),
    *repair_statements("guest_photos", moments=["refused_at", "found_at"]),
    *repair_statements("guest_shares", moments=["expires_at", "created_at"]),
    *repair_statements("guest_return_links", moments=["created_at"]),
    *repair_statements("guest_alerts", moments=["asked_at", "confirmed_at", "looked_at", "told_at"]),
    *repair_statements("guest_hidings", moments=["created_at"]),
    *repair_statements("ready_notices", moments=["asked_at", "tried_at"]),
    *repair_statements("pixora_link", moments=["open_until", "answered_at", "mirrored_until", "synced_at", "swept_at"]),
    *repair_statements("webhook_endpoints", moments=["previous_secret_until", "failing_since", "disabled_at", "created_at"]),
    *repair_statements("webhook_deliveries", moments=["due_at", "expires_at", "created_at", "delivered_at"]),
    *repair_statements("webhook_attempts", moments=["started_at"], numbers=["duration_ms"], json=["request_headers"]),
]


class Migration(migrations.Migration):

    dependencies = [
        ('facepass', '0007_readable_values'),
        ('galleries', '0016_readable_constraints'),
        ('recognition', '0005_readable_values'),
        ('sessions_app', '0007_guest_keeping'),
    ]

    operations = [
        migrations.RunSQL(MENDED, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='guestrules',
            name='expires_at',
            field=models.DateTimeField(blank=True, null=True, validators=[facepass.core.database.storable_values.check_moment], verbose_name='open until'),
        ),
        migrations.AlterField(
            model_name='photosession',
            name='description',
            field=models.TextField(blank=True, default='', validators=[django.core.validators.MaxLengthValidator(10000)], verbose_name='description'),
        ),
        migrations.AlterField(
            model_name='photosession',
            name='scheduled_at',
            field=models.DateTimeField(blank=True, null=True, validators=[facepass.core.database.storable_values.check_moment], verbose_name='scheduled'),
        ),
        migrations.AlterField(
            model_name='photosession',
            name='settings',
            field=models.JSONField(blank=True, default=dict, validators=[facepass.core.database.storable_values.check_json], verbose_name='settings'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('asked_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('confirmed_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('looked_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('told_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='guest_alerts_readable'),
        ),
        migrations.AddConstraint(
            model_name='foundphoto',
            constraint=models.CheckConstraint(condition=models.Q(('refused_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('found_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='guest_photos_readable'),
        ),
        migrations.AddConstraint(
            model_name='guest',
            constraint=models.CheckConstraint(condition=models.Q(('consented_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('withdrawn_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('last_seen_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='guests_readable'),
        ),
        migrations.AddConstraint(
            model_name='guestrules',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='guest_rules_readable'),
        ),
        migrations.AddConstraint(
            model_name='hiding',
            constraint=models.CheckConstraint(condition=models.Q(('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='guest_hidings_readable'),
        ),
        migrations.AddConstraint(
            model_name='photosession',
            constraint=models.CheckConstraint(condition=models.Q(('scheduled_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('updated_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('confirmed_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('gone_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('settings'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('settings'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('description'), 10000)), name='photo_sessions_readable'),
        ),
        migrations.AddConstraint(
            model_name='pixoralink',
            constraint=models.CheckConstraint(condition=models.Q(('open_until__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('answered_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('mirrored_until__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('synced_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('swept_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='pixora_link_readable'),
        ),
        migrations.AddConstraint(
            model_name='readynotice',
            constraint=models.CheckConstraint(condition=models.Q(('asked_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('tried_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='ready_notices_readable'),
        ),
        migrations.AddConstraint(
            model_name='returnlink',
            constraint=models.CheckConstraint(condition=models.Q(('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='guest_return_links_readable'),
        ),
        migrations.AddConstraint(
            model_name='sessionday',
            constraint=models.CheckConstraint(condition=models.Q(('day__range', (datetime.date(1000, 1, 1), datetime.date(9998, 12, 31)))), name='session_days_readable'),
        ),
        migrations.AddConstraint(
            model_name='sharelink',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='guest_shares_readable'),
        ),
        migrations.AddConstraint(
            model_name='webhookattempt',
            constraint=models.CheckConstraint(condition=models.Q(('started_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('duration_ms__range', (-1e+308, 1e+308)), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('request_headers'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('request_headers'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='webhook_attempts_readable'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('expires_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('delivered_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='webhook_deliveries_readable'),
        ),
        migrations.AddConstraint(
            model_name='webhookendpoint',
            constraint=models.CheckConstraint(condition=models.Q(('previous_secret_until__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('failing_since__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('disabled_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='webhook_endpoints_readable'),
        ),
    ]
