from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('galleries', '0027_tags'),
    ]

    operations = [
        migrations.AddField(
            model_name='galleryimage',
            name='rotation',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False, verbose_name='turned by'),
        ),
        # All rows have the default: nothing is scanned while the table is locked.
        AddConstraintNotValid(
            model_name='galleryimage',
            constraint=models.CheckConstraint(condition=models.Q(('rotation__in', (0, 90, 180, 270))), name='photos_turned_by_quarters'),
        ),
    ]
