"""Indexes that hold what the lists of faces go by, so that a page of a hundred thousand faces reads its own rows only."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

BEST_FIRST = (models.F("quality__score").desc(nulls_last=True), models.F("id").asc())
NAMED = models.Q(person__isnull=False) & ~models.Q(face_category="ignored")
SINGLE = models.Q(person=None, cluster=None) & ~models.Q(face_category="ignored")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("galleries", "0044_assumed_zones")]
    operations = [
        AddIndexConcurrently(
            "photoface",
            models.Index(
                fields=["gallery", "person", "photo"],
                include=["verified", "recognition_confidence", "id"],
                name="faces_by_name",
                condition=NAMED,
            ),
        ),
        AddIndexConcurrently(
            "photoface",
            models.Index("person", "verified", *BEST_FIRST, name="best_named_faces", condition=NAMED),
        ),
        AddIndexConcurrently(
            "photoface",
            models.Index("gallery", *BEST_FIRST, name="best_single_faces", condition=SINGLE),
        ),
        RemoveIndexConcurrently("photoface", "named_faces"),
    ]
