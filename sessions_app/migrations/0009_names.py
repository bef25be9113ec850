"""Names of tables, columns and choices, as people read them; no SQL."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sessions_app', '0008_readable_values'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='foundphoto',
            options={'ordering': ['rank'], 'verbose_name': 'photo found for a guest', 'verbose_name_plural': 'photos found for guests'},
        ),
        migrations.AlterModelOptions(
            name='hiddenface',
            options={'verbose_name': 'hidden face', 'verbose_name_plural': 'hidden faces'},
        ),
        migrations.AlterModelOptions(
            name='hiding',
            options={'ordering': ['-created_at'], 'verbose_name': 'hidden guest', 'verbose_name_plural': 'hidden guests'},
        ),
        migrations.AlterModelOptions(
            name='sessionday',
            options={'ordering': ['-day', 'session'], 'verbose_name': 'day of a photo session', 'verbose_name_plural': 'analytics'},
        ),
        migrations.AlterModelOptions(
            name='webhookattempt',
            options={'ordering': ['id'], 'verbose_name': 'attempt', 'verbose_name_plural': 'attempts'},
        ),
        migrations.AlterField(
            model_name='guestrules',
            name='challenge',
            field=models.BooleanField(default=False, verbose_name='guests take a liveness challenge'),
        ),
        migrations.AlterField(
            model_name='hiding',
            name='created_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='requested'),
        ),
        migrations.AlterField(
            model_name='hiding',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hidings', to='sessions_app.photosession', verbose_name='photo session'),
        ),
        migrations.AlterField(
            model_name='webhookattempt',
            name='answer',
            field=models.TextField(default='', verbose_name='answer'),
        ),
        migrations.AlterField(
            model_name='webhookattempt',
            name='duration_ms',
            field=models.FloatField(verbose_name='duration, ms'),
        ),
        migrations.AlterField(
            model_name='webhookattempt',
            name='error',
            field=models.CharField(default='', max_length=40, verbose_name='error'),
        ),
        migrations.AlterField(
            model_name='webhookattempt',
            name='number',
            field=models.PositiveIntegerField(verbose_name='number'),
        ),
        migrations.AlterField(
            model_name='webhookattempt',
            name='started_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='started'),
        ),
        migrations.AlterField(
            model_name='webhookattempt',
            name='status',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='HTTP status'),
        ),
        migrations.AlterField(
            model_name='webhookdelivery',
            name='state',
            field=models.CharField(choices=[('pending', 'pending'), ('delivered', 'delivered'), ('failed', 'failed')], default='pending', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='webhookendpoint',
            name='events',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('session.facepass_changed', 'search by face was switched on or off'), ('gallery.processed', 'all photos of a gallery are analysed'), ('face.enrolled', 'a face was enrolled'), ('guest.search_completed', 'a guest searched'), ('training.completed', 'a training has ended'), ('person.merged', 'groups of faces became one person'), ('erasure.completed', "somebody's data were erased")], max_length=40), size=None, verbose_name='events'),
        ),
    ]
