from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('galleries', '0028_rotation'),
    ]

    operations = [
        ValidateConstraint(model_name='galleryimage', name='photos_turned_by_quarters'),
    ]
