"""Photos leave their occasion for another of the same studio: chosen ones, or a gallery that gets another event.

Names and what was decided go along. Groups belong to an occasion: faces with a name join the person's group there, or
take theirs along, and the others are grouped anew. Guests of the old event no longer see the photos, because their
pages show photos of their own event only.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final
from uuid import UUID

from django.db import models, transaction

from galleries.jobs import queue
from galleries.models import FaceCluster, FaceDecision, Gallery, GalleryImage, Occasion, PhotoFace
from galleries.models.gallery import Limit
from galleries.models.photo import GalleryImageQuerySet
from galleries.photos import moving
from galleries.photos.cameras import assumed_zones

# Called with the ids of the faces before they leave their groups, by apps above that know more of them.
BEFORE_LEAVING: Final[list[Callable[[Collection[UUID]], None]]] = []


def list_targets(gallery: Gallery) -> "models.QuerySet[Gallery]":
    """Return the galleries of other events to which its photos may move, by event: none where faces have ended."""
    others = Gallery.objects.event_galleries().filter(studio_id=gallery.studio_id, session_id__isnull=False)
    if gallery.session_id:
        others = others.exclude(session_id=gallery.session_id)
    described = others.exclude(pk__in=Gallery.objects.limited(Limit.FACELESS).order_by().values("pk"))
    return described.exclude(pk=gallery.pk).order_by("session_id", "title", "pk")


@transaction.atomic
def move_photos(photos: GalleryImageQuerySet, target: Gallery) -> int:
    """Move the photos, all of one gallery, to one of another occasion; return how many moved.

    `target` must be one of `list_targets` of their gallery. Left where they are: as `moving.lock_movable` says.
    """
    rows = moving.lock_movable(photos, target)
    if not rows:
        return 0
    ids, source = [photo.pk for photo in rows], Occasion.for_gallery(rows[0].gallery)
    moving.write_gallery(ids, target)
    _read_clocks_anew(ids, target)
    _carry_over(ids, source=source, target=Occasion.for_gallery(target))
    _have_grouped(target)
    return len(ids)


@transaction.atomic
def carry_gallery(gallery: Gallery, *, source: Occasion) -> None:
    """Carry what is known of the gallery's faces over to its occasion, where that has become another than `source`."""
    target = Occasion.for_gallery(gallery)
    if target != source:
        photos = GalleryImage.objects.filter(gallery=gallery).order_by("pk").select_for_update(no_key=True)
        ids = list(photos.values_list("pk", flat=True))
        _read_clocks_anew(ids, gallery)
        _carry_over(ids, source=source, target=target)
        _have_grouped(gallery)


def _read_clocks_anew(photo_ids: Collection[UUID], gallery: Gallery) -> None:
    """Put the times right for which a zone was assumed: the event that the gallery belongs to may be elsewhere."""
    photos = GalleryImage.objects.filter(pk__in=photo_ids)
    assumed_zones.move_assumed_times(photos, assumed_zones.find_camera_zone(gallery))


def _have_grouped(gallery: Gallery) -> None:
    Gallery.objects.filter(pk=gallery.pk).mark_for_grouping()
    queue.wake_workers(gallery.pk, photos=1)


def _carry_over(photo_ids: Collection[UUID], *, source: Occasion, target: Occasion) -> None:
    """Take the faces out of the groups of `source`, with the photos locked, and give `target` what goes along."""
    faces = PhotoFace.objects.filter(photo__in=photo_ids)
    groups = FaceCluster.objects.filter(pk__in=faces.exclude(cluster=None).values("cluster"))
    left = list(groups.order_by("pk").select_for_update())  # before the faces, as decisions do
    ids = set(faces.order_by("pk").select_for_update().values_list("pk", flat=True))
    for call in BEFORE_LEAVING:
        call(ids)
    kept = {group: _join_or_create(group, target) for group in left if group.person_id or group.rejected}
    for group, own in kept.items():
        faces.filter(cluster=group).update(cluster=own)
    faces.exclude(cluster=None).exclude(cluster__in=kept.values()).update(cluster=None)
    _copy_decisions(ids, source=source, target=target)


def _join_or_create(group: FaceCluster, target: Occasion) -> FaceCluster:
    """Return the group of the same person in the occasion, else one with what was said of this one."""
    if group.person_id and not group.rejected:
        there = FaceCluster.objects.within(target).filter(person_id=group.person_id, rejected=False)
        if found := there.order_by("-size", "pk").first():
            return found
    return FaceCluster.objects.create(**target.fields, person_id=group.person_id, rejected=group.rejected)


def _copy_decisions(face_ids: set[UUID], *, source: Occasion, target: Occasion) -> None:
    """Give the occasion what was decided about the faces, so that its groupings heed it. Done twice, once is enough."""
    there = set(FaceDecision.objects.within(target).values_list("kind", "made_at"))
    standing = FaceDecision.objects.within(source).standing().iterator(chunk_size=500)
    new = (decision for decision in standing if (decision.kind, decision.made_at) not in there)
    found = [decision for decision in new if not face_ids.isdisjoint(_faces_of(decision))]
    copies = FaceDecision.objects.bulk_create(_build_copy(decision, face_ids, target) for decision in found)
    for copy, decision in zip(copies, found, strict=True):
        copy.made_at = decision.made_at  # which creating has overwritten
    FaceDecision.objects.bulk_update(copies, ["made_at"])


def _faces_of(decision: FaceDecision) -> Iterator[UUID]:
    yield from (*decision.same, *decision.apart)
    yield from map(UUID, decision.before.get("faces", {}))


def _build_copy(decision: FaceDecision, face_ids: set[UUID], target: Occasion) -> FaceDecision:
    """Return an unsaved copy, of which only those faces are left; undoing one about a group is refused."""
    before, after = (_only_faces(states, face_ids) for states in (decision.before, decision.after))
    same, apart = ([face for face in side if face in face_ids] for side in (decision.same, decision.apart))
    return FaceDecision(
        **target.fields,
        kind=decision.kind,
        same=same,
        apart=apart,
        before=before,
        after=after,
        person_id=decision.person_id,
        face_count=len(before["faces"]) or len(same),
        made_by_id=decision.made_by_id,
        made_with=decision.made_with,
    )


def _only_faces(states: dict[str, Any], face_ids: Iterable[UUID]) -> dict[str, Any]:
    wanted = {str(face) for face in face_ids}
    return {"faces": {pk: row for pk, row in states.get("faces", {}).items() if pk in wanted}, "groups": {}}
