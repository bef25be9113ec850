"""Names of tables, columns and choices, as people read them; no SQL."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('galleries', '0020_readable_erased_constraint'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='livenesschallenge',
            options={'verbose_name': 'liveness challenge', 'verbose_name_plural': 'liveness challenges'},
        ),
        migrations.AlterModelOptions(
            name='persontemplate',
            options={'verbose_name': 'template of a person', 'verbose_name_plural': 'templates of people'},
        ),
        migrations.AlterModelOptions(
            name='photodescription',
            options={'verbose_name': 'description by another model', 'verbose_name_plural': 'descriptions by another model'},
        ),
        migrations.AlterModelOptions(
            name='spareface',
            options={'verbose_name': 'face found by another model', 'verbose_name_plural': 'faces found by another model'},
        ),
        migrations.AlterModelOptions(
            name='suggestioncount',
            options={'verbose_name': 'number of similar groups', 'verbose_name_plural': 'numbers of similar groups'},
        ),
        migrations.AlterModelOptions(
            name='templateset',
            options={'ordering': ['-created_at'], 'verbose_name': 'template version', 'verbose_name_plural': 'template versions'},
        ),
        migrations.AlterField(
            model_name='facedecision',
            name='kind',
            field=models.CharField(choices=[('merge', 'same person'), ('split', 'split'), ('apart', 'not the same person'), ('name', 'named'), ('reject', 'not a face, or unwanted'), ('confirm', 'confirmed'), ('deny', 'not that person'), ('unite', 'two people are one'), ('show', 'a face after all')], max_length=10, verbose_name='decision'),
        ),
        migrations.AlterField(
            model_name='galleryimage',
            name='state',
            field=models.CharField(choices=[('pending', 'pending'), ('processing', 'processing'), ('processed', 'processed'), ('failed', 'failed'), ('quarantined', 'quarantined')], default='pending', editable=False, max_length=20, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='job',
            name='state',
            field=models.CharField(choices=[('pending', 'pending'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='pending', max_length=20, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='photoface',
            name='face_category',
            field=models.CharField(choices=[('unknown', 'unknown'), ('known', 'known'), ('ignored', 'not a face, or unwanted')], default='unknown', max_length=20, verbose_name='category'),
        ),
    ]
