"""A statement that changes tens of thousands of faces refreshes their groups in time that grows with the faces.

PostgreSQL knows neither how long the array of groups is nor, where it keeps a plan, how many rows changed; it took both
for few, and joined them each with each. Now there is nothing to join but by an index, and the rows that changed are
planned for anew each time.
"""

from django.db import migrations

REFRESH = """
CREATE OR REPLACE FUNCTION face_clusters_refresh(changed uuid[]) RETURNS void LANGUAGE sql AS $$
    WITH locked AS MATERIALIZED (
        SELECT id FROM face_clusters WHERE id = ANY (changed) ORDER BY id FOR UPDATE
    ), described AS (
        SELECT locked.id, face.model_version_id, count(face.id) AS number, avg(face.insightface_descriptor) AS centroid
        FROM locked LEFT JOIN photo_faces face ON face.cluster_id = locked.id
            AND face.face_category <> 'ignored' AND face.insightface_descriptor IS NOT NULL
        GROUP BY locked.id, face.model_version_id
    ), mean AS (
        SELECT DISTINCT ON (id) id, model_version_id, centroid, sum(number) OVER (PARTITION BY id) AS size
        FROM described ORDER BY id, number DESC, model_version_id
    )
    UPDATE face_clusters found
    SET size = mean.size, centroid = mean.centroid, model_version_id = mean.model_version_id
    FROM mean WHERE found.id = mean.id
$$;
"""

CHANGED = """
CREATE OR REPLACE FUNCTION photo_faces_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT cluster_id) INTO changed FROM now_rows WHERE cluster_id IS NOT NULL;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT cluster_id) INTO changed FROM old_rows WHERE cluster_id IS NOT NULL;
    ELSE
        EXECUTE $query$
            SELECT array_agg(DISTINCT id) FROM (
                SELECT unnest(ARRAY[former.cluster_id, latter.cluster_id]) AS id
                FROM old_rows former JOIN now_rows latter USING (id)
                WHERE (former.cluster_id, former.face_category, former.model_version_id, former.insightface_descriptor)
                    IS DISTINCT FROM
                    (latter.cluster_id, latter.face_category, latter.model_version_id, latter.insightface_descriptor)
            ) touched WHERE id IS NOT NULL
        $query$ INTO changed;
    END IF;
    IF changed IS NOT NULL THEN
        PERFORM face_clusters_refresh(changed);
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("galleries", "0012_staff_pages")]
    operations = [migrations.RunSQL([REFRESH, CHANGED], migrations.RunSQL.noop)]
