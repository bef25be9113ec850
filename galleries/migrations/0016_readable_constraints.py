"""Values that not every reader can hold are refused from now on; the migration before has mended what was there."""

import datetime
import django.core.validators
import django.db.models.functions.text
import django.db.models.lookups
import facepass.core.database.constraints
import facepass.core.database.storable_values
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('facepass', '0007_readable_values'),
        ('galleries', '0015_readable_values'),
        ('recognition', '0005_readable_values'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='gallery',
            name='shoot_date',
            field=models.DateField(blank=True, null=True, validators=[facepass.core.database.storable_values.check_moment], verbose_name='date of the shoot'),
        ),
        migrations.AlterField(
            model_name='person',
            name='avatar_url',
            field=models.TextField(blank=True, default='', validators=[django.core.validators.MaxLengthValidator(2000)], verbose_name='avatar'),
        ),
        migrations.AlterField(
            model_name='person',
            name='metadata',
            field=models.JSONField(blank=True, default=dict, validators=[facepass.core.database.storable_values.check_json], verbose_name='metadata'),
        ),
        migrations.AddConstraint(
            model_name='facecluster',
            constraint=models.CheckConstraint(condition=models.Q(('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='face_clusters_readable'),
        ),
        migrations.AddConstraint(
            model_name='facedecision',
            constraint=models.CheckConstraint(condition=models.Q(('made_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('undone_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('before'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('before'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('after'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('after'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='face_decisions_readable'),
        ),
        migrations.AddConstraint(
            model_name='gallery',
            constraint=models.CheckConstraint(condition=models.Q(('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('shoot_date__range', (datetime.date(1000, 1, 1), datetime.date(9998, 12, 31)))), name='galleries_readable'),
        ),
        migrations.AddConstraint(
            model_name='galleryimage',
            constraint=models.CheckConstraint(condition=models.Q(('taken_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('lease_expires_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('processed_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='gallery_images_readable'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('lease_expires_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('started_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('finished_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('arguments'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('arguments'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('cursor'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('cursor'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('result'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('result'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='jobs_readable'),
        ),
        migrations.AddConstraint(
            model_name='livenesschallenge',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('used_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('steps'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('steps'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='liveness_challenges_readable'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('metadata'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('metadata'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('avatar_url'), 2000)), name='people_readable'),
        ),
        migrations.AddConstraint(
            model_name='photodescription',
            constraint=models.CheckConstraint(condition=models.Q(('analysed_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='photo_descriptions_readable'),
        ),
        migrations.AddConstraint(
            model_name='photoface',
            constraint=models.CheckConstraint(condition=models.Q(('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('insightface_confidence__range', (-1e+308, 1e+308)), ('recognition_confidence__range', (-1e+308, 1e+308)), facepass.core.database.constraints.JsonPathExists(models.F('insightface_bbox'), models.Value('strict $ ? (@.x > -1e9 && @.x < 1e9 && @.y > -1e9 && @.y < 1e9 && @.width > -1e9 && @.width < 1e9 && @.height > -1e9 && @.height < 1e9)')), facepass.core.database.constraints.JsonPathExists(models.F('landmarks'), models.Value('strict $ ? (@.type() == "array")')), facepass.core.database.constraints.JsonPathExists(models.F('quality'), models.Value('strict $ ? (@.type() == "object")'))), name='photo_faces_readable'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.CheckConstraint(condition=models.Q(('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), facepass.core.database.constraints.JsonPathExists(models.F('quality'), models.Value('strict $ ? (@.type() == "object")'))), name='reference_faces_readable'),
        ),
        migrations.AddConstraint(
            model_name='spareface',
            constraint=models.CheckConstraint(condition=models.Q(('insightface_confidence__range', (-1e+308, 1e+308)), facepass.core.database.constraints.JsonPathExists(models.F('insightface_bbox'), models.Value('strict $ ? (@.x > -1e9 && @.x < 1e9 && @.y > -1e9 && @.y < 1e9 && @.width > -1e9 && @.width < 1e9 && @.height > -1e9 && @.height < 1e9)')), facepass.core.database.constraints.JsonPathExists(models.F('landmarks'), models.Value('strict $ ? (@.type() == "array")')), facepass.core.database.constraints.JsonPathExists(models.F('quality'), models.Value('strict $ ? (@.type() == "object")'))), name='spare_faces_readable'),
        ),
        migrations.AddConstraint(
            model_name='templateset',
            constraint=models.CheckConstraint(condition=models.Q(('activated_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('created_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('calibration'), models.Value('strict $.**{64}')), _negated=True), models.Q(facepass.core.database.constraints.JsonPathExists(models.F('calibration'), models.Value('strict $.** ? (@.type() == "number" && (@ > 1e+308 || @ < -1e+308))')), _negated=True)), name='template_sets_readable'),
        ),
    ]
