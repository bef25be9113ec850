"""`size`, `centroid` and `model_version` of a group follow its faces, by triggers: whatever changes a face (a worker, an
admin, a deletion that cascades, another program) leaves a right group, in the same transaction. One run for each
statement, however many rows it changed.
"""

from django.db import migrations

REFRESH = """
CREATE FUNCTION face_clusters_refresh(changed uuid[]) RETURNS void LANGUAGE sql AS $$
    WITH locked AS MATERIALIZED (
        SELECT id FROM face_clusters WHERE id = ANY (changed) ORDER BY id FOR UPDATE
    ), member AS (
        SELECT cluster_id, model_version_id, insightface_descriptor AS descriptor
        FROM photo_faces
        WHERE cluster_id = ANY (changed) AND face_category <> 'ignored' AND insightface_descriptor IS NOT NULL
    ), version AS (
        SELECT cluster_id, mode() WITHIN GROUP (ORDER BY model_version_id) AS id FROM member GROUP BY cluster_id
    ), mean AS (
        SELECT member.cluster_id, version.id AS version_id, avg(member.descriptor) AS centroid,
            (SELECT count(*) FROM member every WHERE every.cluster_id = member.cluster_id) AS size
        FROM member JOIN version ON version.cluster_id = member.cluster_id AND version.id = member.model_version_id
        GROUP BY member.cluster_id, version.id
    )
    UPDATE face_clusters found
    SET size = coalesce(mean.size, 0), centroid = mean.centroid, model_version_id = mean.version_id
    FROM locked LEFT JOIN mean ON mean.cluster_id = locked.id
    WHERE found.id = locked.id
$$;
"""

TRIGGERS = """
CREATE FUNCTION photo_faces_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT cluster_id) INTO changed FROM now_rows WHERE cluster_id IS NOT NULL;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT cluster_id) INTO changed FROM old_rows WHERE cluster_id IS NOT NULL;
    ELSE
        SELECT array_agg(DISTINCT id) INTO changed FROM (
            SELECT unnest(ARRAY[former.cluster_id, latter.cluster_id]) AS id
            FROM old_rows former JOIN now_rows latter USING (id)
            WHERE (former.cluster_id, former.face_category, former.model_version_id, former.insightface_descriptor)
                IS DISTINCT FROM
                (latter.cluster_id, latter.face_category, latter.model_version_id, latter.insightface_descriptor)
        ) touched WHERE id IS NOT NULL;
    END IF;
    IF changed IS NOT NULL THEN
        PERFORM face_clusters_refresh(changed);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER photo_faces_inserted AFTER INSERT ON photo_faces REFERENCING NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION photo_faces_changed();
CREATE TRIGGER photo_faces_updated AFTER UPDATE ON photo_faces
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION photo_faces_changed();
CREATE TRIGGER photo_faces_deleted AFTER DELETE ON photo_faces REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION photo_faces_changed();

SELECT face_clusters_refresh(array_agg(id)) FROM face_clusters;
"""

GONE = """
DROP TRIGGER photo_faces_inserted ON photo_faces;
DROP TRIGGER photo_faces_updated ON photo_faces;
DROP TRIGGER photo_faces_deleted ON photo_faces;
DROP FUNCTION photo_faces_changed();
DROP FUNCTION face_clusters_refresh(uuid[]);
"""


class Migration(migrations.Migration):
    dependencies = [("galleries", "0007_groups")]
    operations = [migrations.RunSQL([REFRESH, TRIGGERS], [GONE])]
