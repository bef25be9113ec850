"""Values that not every reader can hold are mended: a date of a photo before Christ, a box that is none (see
facepass/core/database/storable_values.py). The next migration refuses them.
"""

from django.db import migrations

from facepass.core.database.constraints import mending

MENDED = [
    *mending("liveness_challenges", json=["steps"], moments=["expires_at", "used_at"]),
    *mending("galleries", known_days=["shoot_date"], moments=["created_at"]),
    *mending("face_clusters", moments=["created_at"]),
    *mending("face_decisions", json=["before", "after"], moments=["made_at", "undone_at"]),
    *mending("photo_faces", boxes=["insightface_bbox"], numbers=["insightface_confidence", "recognition_confidence"], arrays=["landmarks"], objects=["quality"], moments=["created_at"]),
    *mending("gallery_images", known_moments=["taken_at"], moments=["lease_expires_at", "created_at", "processed_at"]),
    *mending("photo_descriptions", moments=["analysed_at"]),
    *mending("spare_faces", boxes=["insightface_bbox"], numbers=["insightface_confidence"], arrays=["landmarks"], objects=["quality"]),
    *mending("jobs", json=["arguments", "cursor", "result"], moments=["lease_expires_at", "created_at", "started_at", "finished_at"]),
    *mending("people", json=["metadata"], moments=["created_at"], texts={"avatar_url": 2000}),
    *mending("reference_faces", objects=["quality"], moments=["created_at"]),
    *mending("template_sets", json=["calibration"], moments=["activated_at", "created_at"]),
]


class Migration(migrations.Migration):
    dependencies = [("galleries", "0014_erased_faces")]
    operations = [migrations.RunSQL(MENDED, migrations.RunSQL.noop)]
