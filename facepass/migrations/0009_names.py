"""Names of tables, columns and choices, as people read them; no SQL."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('facepass', '0008_work'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='outboxevent',
            options={'verbose_name': 'event', 'verbose_name_plural': 'events'},
        ),
        migrations.AlterModelOptions(
            name='staffnotice',
            options={'ordering': ['-happened_at'], 'verbose_name': 'notice for staff', 'verbose_name_plural': 'notices for staff'},
        ),
        migrations.AlterField(
            model_name='apikey',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'read photos, sessions and people'), ('write', 'upload and change'), ('search', 'search by face'), ('admin', 'administer keys, members and settings')], max_length=20), default=list, size=None, verbose_name='rights'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='studio',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='facepass.studio', verbose_name='studio'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AlterField(
            model_name='staffnotice',
            name='kind',
            field=models.CharField(choices=[('gallery.done', 'a gallery is done'), ('photos.failed', 'photos could not be analysed'), ('webhook.disabled', 'a webhook was switched off'), ('sync.failed', 'photo sessions are not mirrored'), ('training.done', 'a training has ended')], max_length=40),
        ),
    ]
