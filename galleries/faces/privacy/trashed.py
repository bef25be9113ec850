"""Faces of an event that lie in the trash, with photos or galleries of it that were deleted there.

Restoring a photo brings back no face that has ended since. Statements of constants; ids are parameters.
"""

from uuid import UUID

from django.db import connection

FACES, SPARES = "label = 'galleries.PhotoFace'", "label = 'galleries.SpareFace'"
# A name only is no face: see `ending.NAME_ONLY`.
NO_NAME = "NOT content::jsonb -> 'quality' -> 'reasons' ? 'whole_photo'"
# Rows of the trash below a photo of the event: the photo lies there too, with its gallery or without.
OF_EVENT = """
    reference = '' AND content::json ->> 'photo_id' IN (
        SELECT photo.key FROM trash_rows photo
        WHERE photo.label = 'galleries.GalleryImage' AND photo.reference = ''
            AND photo.content::json ->> 'gallery_id' IN (
                SELECT id::text FROM galleries WHERE session_id = %(session)s
                UNION ALL
                SELECT gallery.key FROM trash_rows gallery
                WHERE gallery.label = 'galleries.Gallery' AND gallery.reference = ''
                    AND gallery.content::json ->> 'session_id' = %(session)s::text
            )
    )
"""
TO_NAMES = """
    UPDATE trash_rows t SET descriptor = NULL, content = (
        t.content::jsonb || jsonb_build_object(
            'insightface_bbox', jsonb_build_object(
                'x', 0.0, 'y', 0.0, 'width', (photo.content::json ->> 'width')::float,
                'height', (photo.content::json ->> 'height')::float
            ),
            'insightface_confidence', 0.0, 'landmarks', '[]'::jsonb, 'quality', %(quality)s::jsonb,
            'cluster_id', NULL, 'recognition_confidence', NULL, 'drawn', true, 'face_category', 'known'
        )
    )::text
    FROM trash_rows photo
    WHERE t.id IN ({found}) AND photo.entry_id = t.entry_id AND photo.reference = ''
        AND photo.label = 'galleries.GalleryImage' AND photo.key = t.content::json ->> 'photo_id'
"""
CONFIRMED = """
    content::json ->> 'verified' = 'true' AND content::json ->> 'person_id' IS NOT NULL
    AND content::json ->> 'face_category' <> 'ignored'
"""


def has_descriptions(session_id: UUID) -> bool:
    found = f"SELECT FROM trash_rows WHERE ({FACES} OR {SPARES}) AND descriptor IS NOT NULL AND {OF_EVENT}"
    return _ask(f"SELECT EXISTS ({found})", session=session_id)


def has_faces(session_id: UUID) -> bool:
    found = f"SELECT FROM trash_rows WHERE {FACES} AND {NO_NAME} AND {OF_EVENT}"
    return _ask(f"SELECT EXISTS ({found})", session=session_id)


def clear_descriptions(session_id: UUID) -> int:
    """Delete what describes the faces; return of how many faces it was."""
    _execute(f"DELETE FROM trash_rows WHERE {SPARES} AND {OF_EVENT}", session=session_id)  # noqa: S608
    described = f"UPDATE trash_rows SET descriptor = NULL WHERE {FACES} AND descriptor IS NOT NULL AND {OF_EVENT}"  # noqa: S608
    return _execute(described, session=session_id)


def turn_into_names(session_id: UUID, *, quality: str) -> None:
    """Keep of confirmed faces who is in the photo. `quality`: the column's JSON for a row without a face."""
    found = f"SELECT id FROM trash_rows WHERE {FACES} AND {CONFIRMED} AND {OF_EVENT}"  # noqa: S608
    _execute(TO_NAMES.replace("{found}", found), session=session_id, quality=quality)


def delete_faces(session_id: UUID) -> int:
    """Delete the faces but those that are names only; return how many it were."""
    return _execute(f"DELETE FROM trash_rows WHERE {FACES} AND {NO_NAME} AND {OF_EVENT}", session=session_id)  # noqa: S608


def forget_places(request_id: UUID) -> int:
    """Delete the places that are kept for a request to be left out, and the description; return how many it were."""
    kept = "label IN ('galleries.ErasedFace', 'galleries.LeftOutPerson') AND reference = ''"
    named = f"{kept} AND content::json ->> 'request_id' = %(session)s::text"
    return _execute(f"DELETE FROM trash_rows WHERE {named}", session=request_id)  # noqa: S608


def _execute(statement: str, **values: UUID | str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _ask(statement: str, **values: UUID | str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.fetchone()[0])
