"""Values that not every reader can hold are mended, and refused from now on (see facepass/core/database/storable_values.py)."""

import datetime
import facepass.core.database.constraints
import facepass.core.database.storable_values
from django.db import migrations, models

from facepass.core.database.constraints import repair_statements

MENDED = [
    *repair_statements("model_versions", json=["calibration"], moments=["activated_at", "created_at"]),
    *repair_statements("face_recognition_config", json=["value"], moments=["updated_at"]),
    *repair_statements("face_recognition_config_changes", json=["before", "after"], moments=["changed_at"]),
]


class Migration(migrations.Migration):

    dependencies = [
        ('recognition', '0004_search_by_size'),
    ]

    operations = [
        migrations.RunSQL(MENDED, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='recognitionconfig',
            name='value',
            field=models.JSONField(validators=[facepass.core.database.storable_values.check_json], verbose_name='value'),
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.CheckConstraint(condition=models.Q(('activated_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('calibration'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('calibration'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='model_versions_readable'),
        ),
        migrations.AddConstraint(
            model_name='recognitionconfig',
            constraint=models.CheckConstraint(condition=models.Q(('updated_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('value'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('value'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='face_recognition_config_readable'),
        ),
        migrations.AddConstraint(
            model_name='recognitionconfigchange',
            constraint=models.CheckConstraint(condition=models.Q(('changed_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('before'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('before'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('after'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('after'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='face_recognition_config_changes_readable'),
        ),
    ]
