"""Operations of galleries, images, trash. Made by clients/generate.py from the API's document."""

from collections.abc import Iterable, Sequence
from typing import Literal

from facepass_client import models
from facepass_client.calls import NOT_GIVEN, Call, NotGiven
from facepass_client.groups import AsyncGroup, Group
from facepass_client.paging import AsyncPaged, Paged
from facepass_client.pictures import OnProgress, Picture


class Galleries(Group):
    def list(
        self,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        has_faces: bool | NotGiven = NOT_GIVEN,
        ordering: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
        session_id: str | NotGiven = NOT_GIVEN,
        shot_from: str | NotGiven = NOT_GIVEN,
        shot_until: str | NotGiven = NOT_GIVEN,
        state: Literal["failed", "pending", "processed", "processing", "quarantined"] | NotGiven = NOT_GIVEN,
    ) -> Paged[models.Gallery]:
        """List galleries. GET /api/v1/galleries

        Newest first, unless `ordering` says otherwise. In pages of 50, 200 at most (`page_size`); `next` has
        the address of the next page.

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `has_faces`: has faces

        `ordering`: By created_at, title; with `-` before it, the other way round.

        `page_size`: Number of results to return per page.

        `person_id`: shows this person

        `search`: A search term.

        `session_id`: The photo session.

        `shot_from`: Shot on this day or later.

        `shot_until`: Shot on this day or earlier.

        `state`: has photos of this status
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/galleries",
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "has_faces": has_faces,
                    "ordering": ordering,
                    "page_size": page_size,
                    "person_id": person_id,
                    "search": search,
                    "session_id": session_id,
                    "shot_from": shot_from,
                    "shot_until": shot_until,
                    "state": state,
                },
            )
        )

    def create(
        self,
        *,
        title: str,
        shoot_date: str | NotGiven | None = NOT_GIVEN,
        location_id: str | NotGiven | None = NOT_GIVEN,
        session_id: str | NotGiven | None = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.Gallery:
        """Make a gallery. POST /api/v1/galleries

        With `session_id` its photos are found by guests of that photo session.

        `title`: The name that people see.

        `shoot_date`: The day on which the photos were taken.

        `location_id`: The place, in a program of your own.

        `session_id`: The photo session.
        """
        answer: models.Gallery = self._json(
            Call(
                "POST",
                "/api/v1/galleries",
                body={"title": title, "shoot_date": shoot_date, "location_id": location_id, "session_id": session_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def get(self, gallery_id: str) -> models.Gallery:
        """Get a gallery. GET /api/v1/galleries/{gallery_id}

        404 for another studio's, as for one that there never was.
        """
        answer: models.Gallery = self._json(
            Call("GET", "/api/v1/galleries/{gallery_id}", ids={"gallery_id": gallery_id})
        )
        return answer

    def change(
        self,
        gallery_id: str,
        *,
        title: str | NotGiven = NOT_GIVEN,
        shoot_date: str | NotGiven | None = NOT_GIVEN,
        location_id: str | NotGiven | None = NOT_GIVEN,
        session_id: str | NotGiven | None = NOT_GIVEN,
    ) -> models.Gallery:
        """Change a gallery. PATCH /api/v1/galleries/{gallery_id}

        What is left out stays as it is.

        `title`: The name that people see.

        `shoot_date`: The day on which the photos were taken.

        `location_id`: The place, in a program of your own.

        `session_id`: The photo session.
        """
        answer: models.Gallery = self._json(
            Call(
                "PATCH",
                "/api/v1/galleries/{gallery_id}",
                ids={"gallery_id": gallery_id},
                body={"title": title, "shoot_date": shoot_date, "location_id": location_id, "session_id": session_id},
            )
        )
        return answer

    def delete(self, gallery_id: str) -> models.Started | None:
        """Delete a gallery. DELETE /api/v1/galleries/{gallery_id}

        Moves it to the trash with all that belongs to it; 202 with a task where that is more than 1,000 photos.
        """
        answer: models.Started | None = self._json(
            Call("DELETE", "/api/v1/galleries/{gallery_id}", ids={"gallery_id": gallery_id})
        )
        return answer

    def list_images(
        self,
        gallery_id: str,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        has_faces: bool | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
        state: Sequence[Literal["failed", "pending", "processed", "processing", "quarantined"]] | NotGiven = NOT_GIVEN,
        taken_after: str | NotGiven = NOT_GIVEN,
        taken_before: str | NotGiven = NOT_GIVEN,
    ) -> Paged[models.Photo]:
        """List a gallery's photos. GET /api/v1/galleries/{gallery_id}/images

        The gallery's photos, oldest first, with the filters of `/api/v1/images/`.

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `has_faces`: has faces

        `page_size`: Number of results to return per page.

        `person_id`: shows this person

        `search`: A search term.

        `state`: * `pending` - pending

        `taken_after`: Taken at this moment or later.

        `taken_before`: Taken before this moment.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/galleries/{gallery_id}/images",
                ids={"gallery_id": gallery_id},
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "has_faces": has_faces,
                    "page_size": page_size,
                    "person_id": person_id,
                    "search": search,
                    "state": state,
                    "taken_after": taken_after,
                    "taken_before": taken_before,
                },
            )
        )

    def upload_images(
        self,
        gallery_id: str,
        *,
        files: Picture | Iterable[Picture],
        wait: int | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.UploadReport:
        """Upload photos. POST /api/v1/galleries/{gallery_id}/images

        Adds photos. With `wait` the answer is 200 where all are analysed in time, and says what came of each.

        `wait`: Seconds to wait until the work is over; then the answer is 200 and says what came of it. As
        `Prefer: wait=20`, of which more than the most is taken for the most.

        `files`: Pictures: JPEG, PNG, WebP or HEIC.
        """
        answer: models.UploadReport = self._json(
            Call(
                "POST",
                "/api/v1/galleries/{gallery_id}/images",
                ids={"gallery_id": gallery_id},
                query={"wait": wait},
                body={"files": files},
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def get_progress(self, gallery_id: str) -> models.Progress:
        """Get how far the analysis is. GET /api/v1/galleries/{gallery_id}/progress

        Done when `pending` and `processing` are 0; faces are grouped by then.
        """
        answer: models.Progress = self._json(
            Call("GET", "/api/v1/galleries/{gallery_id}/progress", ids={"gallery_id": gallery_id})
        )
        return answer


class AsyncGalleries(AsyncGroup):
    def list(
        self,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        has_faces: bool | NotGiven = NOT_GIVEN,
        ordering: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
        session_id: str | NotGiven = NOT_GIVEN,
        shot_from: str | NotGiven = NOT_GIVEN,
        shot_until: str | NotGiven = NOT_GIVEN,
        state: Literal["failed", "pending", "processed", "processing", "quarantined"] | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.Gallery]:
        """List galleries. GET /api/v1/galleries

        Newest first, unless `ordering` says otherwise. In pages of 50, 200 at most (`page_size`); `next` has
        the address of the next page.

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `has_faces`: has faces

        `ordering`: By created_at, title; with `-` before it, the other way round.

        `page_size`: Number of results to return per page.

        `person_id`: shows this person

        `search`: A search term.

        `session_id`: The photo session.

        `shot_from`: Shot on this day or later.

        `shot_until`: Shot on this day or earlier.

        `state`: has photos of this status
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/galleries",
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "has_faces": has_faces,
                    "ordering": ordering,
                    "page_size": page_size,
                    "person_id": person_id,
                    "search": search,
                    "session_id": session_id,
                    "shot_from": shot_from,
                    "shot_until": shot_until,
                    "state": state,
                },
            )
        )

    async def create(
        self,
        *,
        title: str,
        shoot_date: str | NotGiven | None = NOT_GIVEN,
        location_id: str | NotGiven | None = NOT_GIVEN,
        session_id: str | NotGiven | None = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.Gallery:
        """Make a gallery. POST /api/v1/galleries

        With `session_id` its photos are found by guests of that photo session.

        `title`: The name that people see.

        `shoot_date`: The day on which the photos were taken.

        `location_id`: The place, in a program of your own.

        `session_id`: The photo session.
        """
        answer: models.Gallery = await self._json(
            Call(
                "POST",
                "/api/v1/galleries",
                body={"title": title, "shoot_date": shoot_date, "location_id": location_id, "session_id": session_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def get(self, gallery_id: str) -> models.Gallery:
        """Get a gallery. GET /api/v1/galleries/{gallery_id}

        404 for another studio's, as for one that there never was.
        """
        answer: models.Gallery = await self._json(
            Call("GET", "/api/v1/galleries/{gallery_id}", ids={"gallery_id": gallery_id})
        )
        return answer

    async def change(
        self,
        gallery_id: str,
        *,
        title: str | NotGiven = NOT_GIVEN,
        shoot_date: str | NotGiven | None = NOT_GIVEN,
        location_id: str | NotGiven | None = NOT_GIVEN,
        session_id: str | NotGiven | None = NOT_GIVEN,
    ) -> models.Gallery:
        """Change a gallery. PATCH /api/v1/galleries/{gallery_id}

        What is left out stays as it is.

        `title`: The name that people see.

        `shoot_date`: The day on which the photos were taken.

        `location_id`: The place, in a program of your own.

        `session_id`: The photo session.
        """
        answer: models.Gallery = await self._json(
            Call(
                "PATCH",
                "/api/v1/galleries/{gallery_id}",
                ids={"gallery_id": gallery_id},
                body={"title": title, "shoot_date": shoot_date, "location_id": location_id, "session_id": session_id},
            )
        )
        return answer

    async def delete(self, gallery_id: str) -> models.Started | None:
        """Delete a gallery. DELETE /api/v1/galleries/{gallery_id}

        Moves it to the trash with all that belongs to it; 202 with a task where that is more than 1,000 photos.
        """
        answer: models.Started | None = await self._json(
            Call("DELETE", "/api/v1/galleries/{gallery_id}", ids={"gallery_id": gallery_id})
        )
        return answer

    def list_images(
        self,
        gallery_id: str,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        has_faces: bool | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
        state: Sequence[Literal["failed", "pending", "processed", "processing", "quarantined"]] | NotGiven = NOT_GIVEN,
        taken_after: str | NotGiven = NOT_GIVEN,
        taken_before: str | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.Photo]:
        """List a gallery's photos. GET /api/v1/galleries/{gallery_id}/images

        The gallery's photos, oldest first, with the filters of `/api/v1/images/`.

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `has_faces`: has faces

        `page_size`: Number of results to return per page.

        `person_id`: shows this person

        `search`: A search term.

        `state`: * `pending` - pending

        `taken_after`: Taken at this moment or later.

        `taken_before`: Taken before this moment.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/galleries/{gallery_id}/images",
                ids={"gallery_id": gallery_id},
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "has_faces": has_faces,
                    "page_size": page_size,
                    "person_id": person_id,
                    "search": search,
                    "state": state,
                    "taken_after": taken_after,
                    "taken_before": taken_before,
                },
            )
        )

    async def upload_images(
        self,
        gallery_id: str,
        *,
        files: Picture | Iterable[Picture],
        wait: int | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.UploadReport:
        """Upload photos. POST /api/v1/galleries/{gallery_id}/images

        Adds photos. With `wait` the answer is 200 where all are analysed in time, and says what came of each.

        `wait`: Seconds to wait until the work is over; then the answer is 200 and says what came of it. As
        `Prefer: wait=20`, of which more than the most is taken for the most.

        `files`: Pictures: JPEG, PNG, WebP or HEIC.
        """
        answer: models.UploadReport = await self._json(
            Call(
                "POST",
                "/api/v1/galleries/{gallery_id}/images",
                ids={"gallery_id": gallery_id},
                query={"wait": wait},
                body={"files": files},
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    async def get_progress(self, gallery_id: str) -> models.Progress:
        """Get how far the analysis is. GET /api/v1/galleries/{gallery_id}/progress

        Done when `pending` and `processing` are 0; faces are grouped by then.
        """
        answer: models.Progress = await self._json(
            Call("GET", "/api/v1/galleries/{gallery_id}/progress", ids={"gallery_id": gallery_id})
        )
        return answer


class Images(Group):
    def list(
        self,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        has_faces: bool | NotGiven = NOT_GIVEN,
        ordering: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
        session_id: str | NotGiven = NOT_GIVEN,
        state: Sequence[Literal["failed", "pending", "processed", "processing", "quarantined"]] | NotGiven = NOT_GIVEN,
        taken_after: str | NotGiven = NOT_GIVEN,
        taken_before: str | NotGiven = NOT_GIVEN,
    ) -> Paged[models.Photo]:
        """List photos. GET /api/v1/images

        /api/v1/images/{id}

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `gallery_id`: The gallery.

        `has_faces`: has faces

        `ordering`: By created_at, original_name, byte_size; with `-` before it, the other way round.

        `page_size`: Number of results to return per page.

        `person_id`: shows this person

        `search`: A search term.

        `session_id`: The photo session.

        `state`: * `pending` - pending

        `taken_after`: Taken at this moment or later.

        `taken_before`: Taken before this moment.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/images",
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "gallery_id": gallery_id,
                    "has_faces": has_faces,
                    "ordering": ordering,
                    "page_size": page_size,
                    "person_id": person_id,
                    "search": search,
                    "session_id": session_id,
                    "state": state,
                    "taken_after": taken_after,
                    "taken_before": taken_before,
                },
            )
        )

    def list_faces(
        self,
        photo_id: str,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        enrolled: bool | NotGiven = NOT_GIVEN,
        named: bool | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        rejected: bool | NotGiven = NOT_GIVEN,
        verified: bool | NotGiven = NOT_GIVEN,
    ) -> Paged[models.Face]:
        """List a photo's faces. GET /api/v1/images/{photo_id}/faces

        The faces of a photo, rejected ones too.

        `cursor`: The pagination cursor value.

        `enrolled`: Whether the picture was sent to enrol the person, or is a photo of an event.

        `named`: How many have a name.

        `page_size`: Number of results to return per page.

        `person_id`: The person; null where nobody is known.

        `rejected`: What was refused, or is said to be no face.

        `verified`: Whether somebody confirmed it.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/images/{photo_id}/faces",
                ids={"photo_id": photo_id},
                query={
                    "cursor": cursor,
                    "enrolled": enrolled,
                    "named": named,
                    "page_size": page_size,
                    "person_id": person_id,
                    "rejected": rejected,
                    "verified": verified,
                },
            )
        )

    def get(self, photo_id: str) -> models.Photo:
        """Get a photo. GET /api/v1/images/{photo_id}

        /api/v1/images/{id}
        """
        answer: models.Photo = self._json(Call("GET", "/api/v1/images/{photo_id}", ids={"photo_id": photo_id}))
        return answer

    def delete(self, photo_id: str) -> models.Started | None:
        """Delete a photo. DELETE /api/v1/images/{photo_id}

        Moves it to the trash with all that belongs to it; 202 with a task where that is more than 1,000 photos.
        """
        answer: models.Started | None = self._json(
            Call("DELETE", "/api/v1/images/{photo_id}", ids={"photo_id": photo_id})
        )
        return answer

    def bulk_delete(
        self, *, photo_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.DeletedMany:
        """Delete many photos. POST /api/v1/images/bulk-delete

        Moves up to 1,000 photos to the trash, as one entry; one that is not there stops no other.

        `photo_ids`: The photos.
        """
        answer: models.DeletedMany = self._json(
            Call(
                "POST",
                "/api/v1/images/bulk-delete",
                body={"photo_ids": photo_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class AsyncImages(AsyncGroup):
    def list(
        self,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        has_faces: bool | NotGiven = NOT_GIVEN,
        ordering: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
        session_id: str | NotGiven = NOT_GIVEN,
        state: Sequence[Literal["failed", "pending", "processed", "processing", "quarantined"]] | NotGiven = NOT_GIVEN,
        taken_after: str | NotGiven = NOT_GIVEN,
        taken_before: str | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.Photo]:
        """List photos. GET /api/v1/images

        /api/v1/images/{id}

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `gallery_id`: The gallery.

        `has_faces`: has faces

        `ordering`: By created_at, original_name, byte_size; with `-` before it, the other way round.

        `page_size`: Number of results to return per page.

        `person_id`: shows this person

        `search`: A search term.

        `session_id`: The photo session.

        `state`: * `pending` - pending

        `taken_after`: Taken at this moment or later.

        `taken_before`: Taken before this moment.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/images",
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "gallery_id": gallery_id,
                    "has_faces": has_faces,
                    "ordering": ordering,
                    "page_size": page_size,
                    "person_id": person_id,
                    "search": search,
                    "session_id": session_id,
                    "state": state,
                    "taken_after": taken_after,
                    "taken_before": taken_before,
                },
            )
        )

    def list_faces(
        self,
        photo_id: str,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        enrolled: bool | NotGiven = NOT_GIVEN,
        named: bool | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        rejected: bool | NotGiven = NOT_GIVEN,
        verified: bool | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.Face]:
        """List a photo's faces. GET /api/v1/images/{photo_id}/faces

        The faces of a photo, rejected ones too.

        `cursor`: The pagination cursor value.

        `enrolled`: Whether the picture was sent to enrol the person, or is a photo of an event.

        `named`: How many have a name.

        `page_size`: Number of results to return per page.

        `person_id`: The person; null where nobody is known.

        `rejected`: What was refused, or is said to be no face.

        `verified`: Whether somebody confirmed it.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/images/{photo_id}/faces",
                ids={"photo_id": photo_id},
                query={
                    "cursor": cursor,
                    "enrolled": enrolled,
                    "named": named,
                    "page_size": page_size,
                    "person_id": person_id,
                    "rejected": rejected,
                    "verified": verified,
                },
            )
        )

    async def get(self, photo_id: str) -> models.Photo:
        """Get a photo. GET /api/v1/images/{photo_id}

        /api/v1/images/{id}
        """
        answer: models.Photo = await self._json(Call("GET", "/api/v1/images/{photo_id}", ids={"photo_id": photo_id}))
        return answer

    async def delete(self, photo_id: str) -> models.Started | None:
        """Delete a photo. DELETE /api/v1/images/{photo_id}

        Moves it to the trash with all that belongs to it; 202 with a task where that is more than 1,000 photos.
        """
        answer: models.Started | None = await self._json(
            Call("DELETE", "/api/v1/images/{photo_id}", ids={"photo_id": photo_id})
        )
        return answer

    async def bulk_delete(
        self, *, photo_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.DeletedMany:
        """Delete many photos. POST /api/v1/images/bulk-delete

        Moves up to 1,000 photos to the trash, as one entry; one that is not there stops no other.

        `photo_ids`: The photos.
        """
        answer: models.DeletedMany = await self._json(
            Call(
                "POST",
                "/api/v1/images/bulk-delete",
                body={"photo_ids": photo_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class Trash(Group):
    def list(
        self,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        deleted_after: str | NotGiven = NOT_GIVEN,
        deleted_before: str | NotGiven = NOT_GIVEN,
        kind: Literal["event", "event_contents", "gallery", "guest_upload", "person", "photo"] | NotGiven = NOT_GIVEN,
        ordering: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
    ) -> Paged[models.TrashEntry]:
        """List what is in the trash. GET /api/v1/trash

        What was deleted and can be restored: each sees what they may delete themselves.

        `cursor`: The pagination cursor value.

        `deleted_after`: Deleted at this moment or later.

        `deleted_before`: Deleted before this moment.

        `kind`: * `gallery` - gallery

        * `event` - photo session
        * `event_contents` - galleries and guests of a photo session
        * `guest_upload` - photo from a guest

        `ordering`: By deleted_at, due_at; with `-` before it, the other way round.

        `page_size`: Number of results to return per page.

        `search`: A search term.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/trash",
                query={
                    "cursor": cursor,
                    "deleted_after": deleted_after,
                    "deleted_before": deleted_before,
                    "kind": kind,
                    "ordering": ordering,
                    "page_size": page_size,
                    "search": search,
                },
            )
        )

    def get(self, entry_id: str) -> models.TrashEntry:
        """Get an entry of the trash. GET /api/v1/trash/{entry_id}

        What was deleted and can be restored: each sees what they may delete themselves.
        """
        answer: models.TrashEntry = self._json(Call("GET", "/api/v1/trash/{entry_id}", ids={"entry_id": entry_id}))
        return answer

    def delete(self, entry_id: str) -> models.Receipt | models.Started:
        """Erase an entry of the trash for good. DELETE /api/v1/trash/{entry_id}

        Deletes it for good, and answers with the receipt; 202 with a task where it has many files.
        """
        answer: models.Receipt | models.Started = self._json(
            Call("DELETE", "/api/v1/trash/{entry_id}", ids={"entry_id": entry_id})
        )
        return answer

    def restore(
        self, entry_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.TrashEntry | models.Started:
        """Bring an entry of the trash back. POST /api/v1/trash/{entry_id}/restore

        Brings everything back as it was, with the same ids; 202 with a task where it has more than 1,000
        photos.

        409 `restore_conflict` where something that was made since stands in the way.
        """
        answer: models.TrashEntry | models.Started = self._json(
            Call(
                "POST",
                "/api/v1/trash/{entry_id}/restore",
                ids={"entry_id": entry_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class AsyncTrash(AsyncGroup):
    def list(
        self,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        deleted_after: str | NotGiven = NOT_GIVEN,
        deleted_before: str | NotGiven = NOT_GIVEN,
        kind: Literal["event", "event_contents", "gallery", "guest_upload", "person", "photo"] | NotGiven = NOT_GIVEN,
        ordering: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.TrashEntry]:
        """List what is in the trash. GET /api/v1/trash

        What was deleted and can be restored: each sees what they may delete themselves.

        `cursor`: The pagination cursor value.

        `deleted_after`: Deleted at this moment or later.

        `deleted_before`: Deleted before this moment.

        `kind`: * `gallery` - gallery

        * `event` - photo session
        * `event_contents` - galleries and guests of a photo session
        * `guest_upload` - photo from a guest

        `ordering`: By deleted_at, due_at; with `-` before it, the other way round.

        `page_size`: Number of results to return per page.

        `search`: A search term.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/trash",
                query={
                    "cursor": cursor,
                    "deleted_after": deleted_after,
                    "deleted_before": deleted_before,
                    "kind": kind,
                    "ordering": ordering,
                    "page_size": page_size,
                    "search": search,
                },
            )
        )

    async def get(self, entry_id: str) -> models.TrashEntry:
        """Get an entry of the trash. GET /api/v1/trash/{entry_id}

        What was deleted and can be restored: each sees what they may delete themselves.
        """
        answer: models.TrashEntry = await self._json(
            Call("GET", "/api/v1/trash/{entry_id}", ids={"entry_id": entry_id})
        )
        return answer

    async def delete(self, entry_id: str) -> models.Receipt | models.Started:
        """Erase an entry of the trash for good. DELETE /api/v1/trash/{entry_id}

        Deletes it for good, and answers with the receipt; 202 with a task where it has many files.
        """
        answer: models.Receipt | models.Started = await self._json(
            Call("DELETE", "/api/v1/trash/{entry_id}", ids={"entry_id": entry_id})
        )
        return answer

    async def restore(
        self, entry_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.TrashEntry | models.Started:
        """Bring an entry of the trash back. POST /api/v1/trash/{entry_id}/restore

        Brings everything back as it was, with the same ids; 202 with a task where it has more than 1,000
        photos.

        409 `restore_conflict` where something that was made since stands in the way.
        """
        answer: models.TrashEntry | models.Started = await self._json(
            Call(
                "POST",
                "/api/v1/trash/{entry_id}/restore",
                ids={"entry_id": entry_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer
