"""`name_key` follows `original_name` by a trigger, whoever writes it: a worker, the trash, another program.

Capitals count like small letters, ё like е, and a number has its length before it: IMG_9 becomes img_0019 and IMG_10
img_00210. Leading zeros say nothing. The rows that are there follow in the next migration.
"""

from django.db import migrations, models

KEY = """
CREATE FUNCTION gallery_images_set_name_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.name_key := (
        SELECT left(coalesce(string_agg(key, '' ORDER BY place), ''), 400)
        FROM (
            SELECT place, coalesce(part[2], lpad(length(ltrim(part[1], '0'))::text, 3, '0') || ltrim(part[1], '0')) AS key
            FROM regexp_matches(
                translate(lower(normalize(NEW.original_name, NFC)), 'ё', 'е'), '([0-9]+)|([^0-9]+)', 'g'
            ) WITH ORDINALITY AS found(part, place)
        ) parts
    );
    RETURN NEW;
END $$;

CREATE TRIGGER gallery_images_name_key BEFORE INSERT OR UPDATE OF original_name, name_key ON gallery_images
    FOR EACH ROW EXECUTE FUNCTION gallery_images_set_name_key();
"""

GONE = """
DROP TRIGGER gallery_images_name_key ON gallery_images;
DROP FUNCTION gallery_images_set_name_key();
"""


class Migration(migrations.Migration):
    dependencies = [("galleries", "0033_camera_clocks")]
    operations = [
        migrations.AddField(
            model_name="galleryimage",
            name="name_key",
            field=models.CharField(db_collation="C", db_default="", editable=False, max_length=400),
        ),
        migrations.RunSQL([KEY], [GONE]),
    ]
