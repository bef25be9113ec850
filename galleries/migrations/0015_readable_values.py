"""Values that not every reader can hold are mended: a date of a photo before Christ, a box that is none (see
facepass/core/database/storable_values.py). The next migration refuses them.
"""

from django.db import migrations

from facepass.core.database.constraints import repair_statements

MENDED = [
    *repair_statements("liveness_challenges", json=["steps"], moments=["expires_at", "used_at"]),
    *repair_statements("galleries", known_days=["shoot_date"], moments=["created_at"]),
    *repair_statements("face_clusters", moments=["created_at"]),
    *repair_statements("face_decisions", json=["before", "after"], moments=["made_at", "undone_at"]),
    *repair_statements("photo_faces", boxes=["insightface_bbox"], numbers=["insightface_confidence", "recognition_confidence"], arrays=["landmarks"], objects=["quality"], moments=["created_at"]),
    *repair_statements("gallery_images", known_moments=["taken_at"], moments=["lease_expires_at", "created_at", "processed_at"]),
    *repair_statements("photo_descriptions", moments=["analysed_at"]),
    *repair_statements("spare_faces", boxes=["insightface_bbox"], numbers=["insightface_confidence"], arrays=["landmarks"], objects=["quality"]),
    *repair_statements("jobs", json=["arguments", "cursor", "result"], moments=["lease_expires_at", "created_at", "started_at", "finished_at"]),
    *repair_statements("people", json=["metadata"], moments=["created_at"], texts={"avatar_url": 2000}),
    *repair_statements("reference_faces", objects=["quality"], moments=["created_at"]),
    *repair_statements("template_sets", json=["calibration"], moments=["activated_at", "created_at"]),
]


class Migration(migrations.Migration):
    dependencies = [("galleries", "0014_erased_faces")]
    operations = [migrations.RunSQL(MENDED, migrations.RunSQL.noop)]
