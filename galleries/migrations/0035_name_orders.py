"""The names that were there before get their keys, in batches, and the orders by name go by them."""

from uuid import UUID

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

# The trigger of the migration before puts the key in the place of what is written.
FILL = """
WITH batch AS (SELECT id FROM gallery_images WHERE id > %s ORDER BY id LIMIT %s)
UPDATE gallery_images photo SET name_key = '' FROM batch WHERE photo.id = batch.id RETURNING photo.id
"""


def fill(apps, schema_editor, *, batch=5000):
    last = UUID(int=0)
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(FILL, [last, batch])
            done = [pk for (pk,) in cursor.fetchall()]
            if not done:
                return
            last = max(done)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("galleries", "0034_name_keys")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            "galleryimage",
            models.Index(fields=["gallery", "taken_at", "name_key", "original_name", "id"], name="photos_capture_order"),
        ),
        AddIndexConcurrently(
            "galleryimage",
            models.Index(fields=["gallery", "name_key", "original_name", "id"], name="photos_name_order"),
        ),
        RemoveIndexConcurrently("galleryimage", "photos_by_capture"),
        RemoveIndexConcurrently("galleryimage", "photos_by_name"),
    ]
