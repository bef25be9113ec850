"""What other settings would change in the studios of whoever asks: names, and marks of quality. Nothing is changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, Q, When

from facepass.models import Studio
from galleries.models import PhotoFace
from recognition.config import QualityFilters, RecognitionSettings
from recognition.model_versions import current_model_version
from training import name_changes
from training.admin import names_page
from training.admin.names_page import ShownChange
from training.name_changes import Preview

# More crops of faces would make the page too large.
SHOWN = 500


@dataclass(frozen=True, slots=True)
class QualityTrial:
    """Of `faces` in photos, how many would newly be marked as poor, and how many no longer."""

    faces: int
    poorer: int
    better: int


@dataclass(frozen=True, slots=True)
class SettingsTrial:
    """What would change in a studio. None for a part whose values are those in use."""

    studio: Studio
    names: Preview | None
    changes: list[ShownChange]
    quality: QualityTrial | None


def try_settings(
    studios: Iterable[Studio], *, present: RecognitionSettings, tried: RecognitionSettings
) -> list[SettingsTrial]:
    """Return a trial for each studio; none where neither names nor marks of quality can change."""
    threshold = tried.confidence_thresholds.assign
    has_names = threshold != present.confidence_thresholds.assign
    has_quality = tried.quality_filters != present.quality_filters
    if not (has_names or has_quality):
        return []
    return [
        _try_in_studio(
            studio,
            name_changes.preview_threshold(studio.pk, threshold) if has_names else None,
            _try_quality(studio.pk, present.quality_filters, tried.quality_filters) if has_quality else None,
        )
        for studio in studios
    ]


def _try_in_studio(studio: Studio, names: Preview | None, quality: QualityTrial | None) -> SettingsTrial:
    return SettingsTrial(studio, names, names_page.show_changes(names.listed[:SHOWN]) if names else [], quality)


def _try_quality(studio_id: UUID, present: QualityFilters, tried: QualityFilters) -> QualityTrial:
    """Compare both filters by what was measured of each face."""
    faces = PhotoFace.objects.searchable(current_model_version()).event_faces().filter(gallery__studio=studio_id)
    # A CASE is false where something was not measured; the negation of a condition would be unknown.
    judged = faces.annotate(
        is_poor=Case(When(falls_short(present), then=True), default=False),
        becomes_poor=Case(When(falls_short(tried), then=True), default=False),
    )
    counts = judged.aggregate(
        faces=Count("pk"),
        poorer=Count("pk", filter=Q(is_poor=False, becomes_poor=True)),
        better=Count("pk", filter=Q(is_poor=True, becomes_poor=False)),
    )
    return QualityTrial(**counts)


def falls_short(filters: QualityFilters) -> Q:
    """Return the condition that a stored face falls short, as `recognition.quality.list_shortfalls` says it.

    Whatever was not measured falls short of nothing.
    """
    return (
        Q(quality__size__lt=filters.min_face_size)
        | Q(quality__sharpness__lt=filters.min_sharpness)
        | Q(quality__yaw__gt=filters.max_yaw)
        | Q(quality__yaw__lt=-filters.max_yaw)
        | Q(quality__pitch__gt=filters.max_pitch)
        | Q(quality__pitch__lt=-filters.max_pitch)
        | Q(quality__brightness__lt=filters.min_brightness)
        | Q(quality__brightness__gt=filters.max_brightness)
        | Q(insightface_confidence__lt=filters.min_detection_score)
    )
