"""Names of tables, columns and choices, as people read them; no SQL."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0004_readable_values'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='facetrainingsession',
            options={'ordering': ['-created_at'], 'verbose_name': 'training', 'verbose_name_plural': 'trainings'},
        ),
        migrations.AlterModelOptions(
            name='trainingact',
            options={'ordering': ['made_at', 'pk'], 'verbose_name': 'action on a version', 'verbose_name_plural': 'actions on versions'},
        ),
        migrations.AlterField(
            model_name='trainingact',
            name='what',
            field=models.CharField(choices=[('prepared', 'prepared'), ('started', 'started'), ('activated', 'put in use'), ('rolled_back', 'rolled back'), ('applied', 'names changed')], max_length=20, verbose_name='what'),
        ),
    ]
