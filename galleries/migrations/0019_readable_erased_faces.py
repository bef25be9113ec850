"""Boxes of erased faces that not every reader can hold are mended. The next migration refuses them."""

from django.db import migrations

from facepass.core.database.constraints import repair_statements

MENDED = repair_statements("erased_faces", boxes=["box"], moments=["erased_at"])


class Migration(migrations.Migration):
    dependencies = [("galleries", "0018_loose_faces")]
    operations = [migrations.RunSQL(MENDED, migrations.RunSQL.noop)]
