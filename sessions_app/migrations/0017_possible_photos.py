"""Photos that may show a guest, who is asked about them; and when a guest said “yes, that is me”."""

import datetime
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('galleries', '0032_decision_hide'),
        ('sessions_app', '0016_ready_notices_sealed'),
    ]

    operations = [
        migrations.CreateModel(
            name='PossiblePhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveIntegerField()),
                ('face', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='galleries.photoface')),
                ('guest', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='possible', to='sessions_app.guest')),
                ('photo', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='galleries.galleryimage')),
            ],
            options={
                'verbose_name': 'photo that a guest is asked about',
                'verbose_name_plural': 'photos that guests are asked about',
                'db_table': 'guest_possible_photos',
                'ordering': ['rank', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('guest', 'photo'), name='one_possible_photo_per_guest')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='foundphoto',
            name='guest_photos_readable',
        ),
        migrations.AddField(
            model_name='foundphoto',
            name='confirmed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='foundphoto',
            constraint=models.CheckConstraint(condition=models.Q(('refused_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('confirmed_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))), ('found_at__range', (datetime.datetime(1000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), datetime.datetime(9998, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)))), name='guest_photos_readable'),
        ),
    ]
