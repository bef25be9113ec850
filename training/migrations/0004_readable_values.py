"""Values that not every reader can hold are mended, and refused from now on (see facepass/core/database/storable_values.py)."""

import datetime
import facepass.core.database.constraints
from django.db import migrations, models

from facepass.core.database.constraints import repair_statements

MENDED = [
    *repair_statements("face_training_sessions", moments=["started_at", "completed_at", "created_at"], numbers=["model_accuracy"], json=["manifest", "metrics", "changes"]),
    *repair_statements("face_training_acts", moments=["made_at"]),
]


class Migration(migrations.Migration):

    dependencies = [
        ('facepass', '0007_readable_values'),
        ('galleries', '0016_readable_constraints'),
        ('recognition', '0005_readable_values'),
        ('training', '0003_runs'),
    ]

    operations = [
        migrations.RunSQL(MENDED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='facetrainingsession',
            constraint=models.CheckConstraint(condition=models.Q(('started_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('completed_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('model_accuracy__range', (-1e+308, 1e+308)), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('manifest'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('manifest'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('metrics'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('metrics'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('changes'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('changes'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='face_training_sessions_readable'),
        ),
        migrations.AddConstraint(
            model_name='trainingact',
            constraint=models.CheckConstraint(condition=models.Q(('made_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='face_training_acts_readable'),
        ),
    ]
