"""Groups and counts against the faces that they are of.

Triggers keep them (migrations 0008 and 0013 of galleries); whoever loads a table with triggers switched off, or writes
to it by hand, leaves them wrong.
"""

from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from facepass.ops.file_check.findings import Extent, Kind, Report
from galleries.models import FaceCluster, Gallery, PhotoFace

# As `face_clusters_refresh` computes them. A centre that is another only by the rounding of its numbers is right.
WRONG_GROUPS = """
    WITH described AS (
        SELECT cluster_id, model_version_id, count(*) AS number, avg(insightface_descriptor) AS centroid
        FROM photo_faces
        WHERE cluster_id IS NOT NULL AND face_category <> 'ignored' AND insightface_descriptor IS NOT NULL
        GROUP BY cluster_id, model_version_id
    ), mean AS (
        SELECT DISTINCT ON (cluster_id) cluster_id, model_version_id, centroid,
            sum(number) OVER (PARTITION BY cluster_id) AS size
        FROM described ORDER BY cluster_id, number DESC, model_version_id
    )
    SELECT found.id, found.studio_id FROM face_clusters found LEFT JOIN mean ON mean.cluster_id = found.id
    WHERE found.size <> coalesce(mean.size, 0)
        OR found.model_version_id IS DISTINCT FROM mean.model_version_id
        OR (found.centroid IS NULL) <> (mean.centroid IS NULL)
        OR found.centroid <-> mean.centroid > 0.01
    ORDER BY found.id
"""
# A group is of a photo session, or of a gallery that belongs to none (`galleries.models.cluster.Occasion`).
STRAYS = """
    SELECT face.id, place.studio_id FROM photo_faces face
    JOIN face_clusters found ON found.id = face.cluster_id JOIN galleries place ON place.id = face.gallery_id
    WHERE found.studio_id <> place.studio_id OR found.session_id IS DISTINCT FROM place.session_id
        OR (place.session_id IS NULL AND found.gallery_id IS DISTINCT FROM place.id)
    ORDER BY face.id
"""


def check_faces(report: Report, extent: Extent) -> None:
    """Compare galleries of faces, groups and counts with what they are made of, in the order in which repairs build."""
    report.looked_at["groups"] += FaceCluster.objects.count()
    _check_galleries_of_faces(report, extent)
    _check_strays(report, extent)
    _check_groups(report, extent)
    _check_counts(report, extent)


def _check_galleries_of_faces(report: Report, extent: Extent) -> None:
    wrong = PhotoFace.objects.exclude(gallery_id=F("photo__gallery_id"))
    for pk, right, studio_id in wrong.values_list("pk", "photo__gallery_id", "photo__gallery__studio_id"):
        if extent.rebuilds:
            PhotoFace.objects.filter(pk=pk, photo__gallery=right).update(gallery=right)
        report.add(Kind.FACE_ELSEWHERE, str(pk), studio_id=studio_id, repaired=extent.rebuilds)


def _check_strays(report: Report, extent: Extent) -> None:
    """Faces leave groups of other events; the next grouping finds them one of their own. Names stay."""
    for pk, studio_id in _query(STRAYS):
        if extent.rebuilds:
            _take_out_of_group(pk)
        report.add(Kind.FACE_IN_OTHER_EVENT, str(pk), studio_id=studio_id, repaired=extent.rebuilds)


@transaction.atomic
def _take_out_of_group(pk: UUID) -> None:
    faces = PhotoFace.objects.filter(pk=pk)
    faces.update(cluster=None)
    Gallery.objects.filter(pk__in=faces.values("gallery")).mark_for_grouping()


def _check_groups(report: Report, extent: Extent) -> None:
    wrong = _query(WRONG_GROUPS)
    if wrong and extent.rebuilds:
        with connection.cursor() as cursor:
            cursor.execute("SELECT face_clusters_refresh(%s)", [[pk for pk, _studio in wrong]])
    for pk, studio_id in wrong:
        report.add(Kind.GROUP_WRONG, str(pk), studio_id=studio_id, repaired=extent.rebuilds)


def _check_counts(report: Report, extent: Extent) -> None:
    """A gallery whose faces count as grouped before they were analysed would never be done."""
    wrong = Gallery.objects.filter(grouped_analyses__gt=F("analyses"))
    for pk, studio_id in wrong.values_list("pk", "studio_id"):
        if extent.rebuilds:
            wrong.filter(pk=pk).update(analyses=F("grouped_analyses") + 1)
        report.add(Kind.COUNT_WRONG, str(pk), studio_id=studio_id, repaired=extent.rebuilds)


def _query(statement: str) -> list[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [(pk, studio_id) for pk, studio_id in cursor.fetchall()]
