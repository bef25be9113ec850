from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('facepass', '0015_erased_subjects'),
    ]

    operations = [
        migrations.AddField(
            model_name='erasure',
            name='erased_with',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name='erased by app'),
        ),
    ]
