"""Values that not every reader can hold are mended, and refused from now on (see facepass/core/database/storable_values.py)."""

import datetime
import facepass.core.database.constraints
import facepass.core.database.storable_values
from django.db import migrations, models

from facepass.core.database.constraints import repair_statements

MENDED = [
    *repair_statements("studios", moments=["created_at"]),
    *repair_statements("api_keys", moments=["created_at", "expires_at", "revoked_at", "last_used_at"]),
    *repair_statements("outbox_events", json=["data"], moments=["created_at", "spread_at"]),
    *repair_statements("staff_notices", json=["data"], moments=["happened_at"]),
    *repair_statements("rate_buckets", moments=["due"]),
    *repair_statements("kept_answers", moments=["created_at"], json=["headers"]),
]


class Migration(migrations.Migration):

    dependencies = [
        ('facepass', '0006_notices'),
    ]

    operations = [
        migrations.RunSQL(MENDED, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='apikey',
            name='expires_at',
            field=models.DateTimeField(blank=True, null=True, validators=[facepass.core.database.storable_values.check_moment], verbose_name='expires'),
        ),
        migrations.AlterField(
            model_name='apikey',
            name='revoked_at',
            field=models.DateTimeField(blank=True, null=True, validators=[facepass.core.database.storable_values.check_moment], verbose_name='revoked'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('expires_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('revoked_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('last_used_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='api_keys_readable'),
        ),
        migrations.AddConstraint(
            model_name='keptanswer',
            constraint=models.CheckConstraint(condition=models.Q(('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('headers'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('headers'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='kept_answers_readable'),
        ),
        migrations.AddConstraint(
            model_name='outboxevent',
            constraint=models.CheckConstraint(condition=models.Q(('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('spread_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('data'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('data'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='outbox_events_readable'),
        ),
        migrations.AddConstraint(
            model_name='ratebucket',
            constraint=models.CheckConstraint(condition=models.Q(('due__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='rate_buckets_readable'),
        ),
        migrations.AddConstraint(
            model_name='staffnotice',
            constraint=models.CheckConstraint(condition=models.Q(('happened_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('data'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('data'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='staff_notices_readable'),
        ),
        migrations.AddConstraint(
            model_name='studio',
            constraint=models.CheckConstraint(condition=models.Q(('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='studios_readable'),
        ),
    ]
