"""Which photos of an occasion are one burst: alike, and taken by one camera within seconds; or alike in every bit, with
as many faces.

Every photo stays what it is: a burst is a number that its photos share (`burst`), with the place of each, the best
first (`burst_place`). What staff took apart is left alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Sum
from django.db.models.fields import FloatField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from facepass.core.database.advisory_locks import LockPurpose, hold_lock
from galleries.models import GalleryImage, Occasion, PhotoFace
from galleries.models.photo import BY_CAPTURE, GalleryImageQuerySet
from recognition.pictures.perceptual_hash import count_differences

# From one shot to the next. `benchmarks/bursts.py` says how many bits of the hash differ, and where.
BURST_GAP = timedelta(seconds=3)
ALIKE_BITS = 14
_BATCH = 500


@dataclass(slots=True, eq=False)
class Stack:
    """Shots of one burst, in the order in which they were taken. A shot is compared with the first."""

    shots: list[GalleryImage] = field(default_factory=list)

    def takes(self, photo: GalleryImage, *, at: datetime) -> bool:
        last = self.shots[-1].taken_at
        return last is not None and at - last <= BURST_GAP and self.differences(photo) <= ALIKE_BITS

    def differences(self, photo: GalleryImage) -> int:
        return count_differences(_hash(self.shots[0]), _hash(photo))


def stack_photos(occasion: Occasion) -> int:
    """Find the bursts of the occasion, and return how many photos changed theirs. Safe to run again and again."""
    with hold_lock(LockPurpose.STACKING, key=occasion.key), transaction.atomic():
        stacks = find_stacks(list(list_stackable(occasion)))
        changed = [photo for stack in stacks for photo in _number(stack, _score_faces(stack))]
        # Staff may have taken a burst apart meanwhile.
        together = GalleryImage.objects.filter(kept_apart=False)
        together.bulk_update(changed, ["burst", "burst_place"], batch_size=_BATCH)
    return len(changed)


def list_stackable(occasion: Occasion) -> GalleryImageQuerySet:
    photos = GalleryImage.objects.processed().filter(gallery__in=occasion.galleries, kept_apart=False)
    columns = ("taken_at", "camera", "picture_hash", "sharpness", "burst", "burst_place")
    return photos.exclude(picture_hash=None).order_by(*BY_CAPTURE).only(*columns).with_face_count()


def find_stacks(photos: Sequence[GalleryImage]) -> list[Stack]:
    """Return the bursts, photos that are none among them, each alone. `photos`: in the order of capture."""
    stacks: list[Stack] = []
    copies: dict[tuple[int, int], Stack] = {}
    open_stacks: dict[str, list[Stack]] = defaultdict(list)
    for photo in photos:
        same = (_hash(photo), photo.face_count)
        stack = copies.get(same) or _find_open(open_stacks[photo.camera], photo)
        if stack is None:
            stacks.append(stack := Stack())
            open_stacks[photo.camera].append(stack)
        stack.shots.append(photo)
        copies.setdefault(same, stack)
    return stacks


def _find_open(stacks: list[Stack], photo: GalleryImage) -> Stack | None:
    """Return the stack of this camera that the photo goes on with, and forget those whose time is over."""
    moment = photo.taken_at
    if moment is None:
        return None
    stacks[:] = [each for each in stacks if (last := each.shots[-1].taken_at) and moment - last <= BURST_GAP]
    fitting = [each for each in stacks if each.takes(photo, at=moment)]
    return min(fitting, key=lambda each: each.differences(photo), default=None)


def _score_faces(stack: Stack) -> dict[UUID, float]:
    """Return by photo how good the faces on it are: of people who turn away there is less. Alone it does not matter."""
    if len(stack.shots) == 1:
        return {}
    faces = PhotoFace.objects.shown().filter(photo__in=stack.shots).order_by()
    score = Cast(KeyTextTransform("score", "quality"), FloatField())
    return {photo: value or 0.0 for photo, value in faces.values_list("photo").annotate(value=Sum(score))}


def _number(stack: Stack, faces: dict[UUID, float]) -> Iterable[GalleryImage]:
    """Give the shots their burst and place, best faces first, then the sharpest; yield those that are changed."""
    known = Counter(photo.burst for photo in stack.shots if photo.burst)
    burst = None if len(stack.shots) == 1 else known.most_common(1)[0][0] if known else uuid4()
    best = sorted(stack.shots, key=lambda photo: (-round(faces.get(photo.pk, 0.0), 1), -(photo.sharpness or 0.0)))
    for place, photo in enumerate(best):
        if (photo.burst, photo.burst_place) != (burst, place):
            photo.burst, photo.burst_place = burst, place
            yield photo


def _hash(photo: GalleryImage) -> int:
    if photo.picture_hash is None:
        raise ValueError("a photo without a hash is in no burst")
    return photo.picture_hash
