"""The groups that a statement changed are counted together: counting each by itself read all their faces every time,
which for 50,000 faces that were grouped at once took longer than to find the groups.
"""

from django.db import migrations

AT_ONCE = """
CREATE OR REPLACE FUNCTION face_clusters_refresh(changed uuid[]) RETURNS void LANGUAGE sql AS $$
    WITH locked AS MATERIALIZED (
        SELECT id FROM face_clusters WHERE id = ANY (changed) ORDER BY id FOR UPDATE
    ), member AS MATERIALIZED (
        SELECT cluster_id, model_version_id, insightface_descriptor AS descriptor
        FROM photo_faces
        WHERE cluster_id = ANY (changed) AND face_category <> 'ignored' AND insightface_descriptor IS NOT NULL
    ), whole AS (
        SELECT cluster_id, mode() WITHIN GROUP (ORDER BY model_version_id) AS version_id, count(*) AS size
        FROM member GROUP BY cluster_id
    ), mean AS (
        SELECT whole.cluster_id, whole.version_id, whole.size, avg(member.descriptor) AS centroid
        FROM member JOIN whole ON whole.cluster_id = member.cluster_id AND whole.version_id = member.model_version_id
        GROUP BY whole.cluster_id, whole.version_id, whole.size
    )
    UPDATE face_clusters found
    SET size = coalesce(mean.size, 0), centroid = mean.centroid, model_version_id = mean.version_id
    FROM locked LEFT JOIN mean ON mean.cluster_id = locked.id
    WHERE found.id = locked.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("galleries", "0012_staff_pages")]
    operations = [migrations.RunSQL(AT_ONCE, migrations.RunSQL.noop)]
