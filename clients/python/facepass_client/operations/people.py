"""Operations of enrolments, guests, people, users. Made by clients/generate.py from the API's document."""

from collections.abc import Sequence
from typing import Any, Literal

from facepass_client import models
from facepass_client.calls import NOT_GIVEN, Call, NotGiven
from facepass_client.groups import AsyncGroup, Group
from facepass_client.paging import AsyncPaged, Paged


class Enrolments(Group):
    def list(
        self,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        state: Literal["done", "failed", "pending", "running"] | NotGiven = NOT_GIVEN,
    ) -> Paged[models.Enrolment]:
        """List pictures that were sent to enrol people. GET /api/v1/enrolments

        Pictures that enrol people, latest first: those that wait, and those that were refused, with their
        reasons.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.

        `person_id`: The person; null where nobody is known.

        `state`: * `pending` - pending
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/enrolments",
                query={"cursor": cursor, "page_size": page_size, "person_id": person_id, "state": state},
            )
        )

    def get(self, task_id: str) -> models.Enrolment:
        """Get what came of an enrolment. GET /api/v1/enrolments/{task_id}

        Pictures that enrol people, latest first: those that wait, and those that were refused, with their
        reasons.
        """
        answer: models.Enrolment = self._json(Call("GET", "/api/v1/enrolments/{task_id}", ids={"task_id": task_id}))
        return answer

    def delete(self, task_id: str) -> None:
        """Remove an enrolment. DELETE /api/v1/enrolments/{task_id}

        Pictures that enrol people, latest first: those that wait, and those that were refused, with their
        reasons.
        """
        self._nothing(Call("DELETE", "/api/v1/enrolments/{task_id}", ids={"task_id": task_id}))


class AsyncEnrolments(AsyncGroup):
    def list(
        self,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        state: Literal["done", "failed", "pending", "running"] | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.Enrolment]:
        """List pictures that were sent to enrol people. GET /api/v1/enrolments

        Pictures that enrol people, latest first: those that wait, and those that were refused, with their
        reasons.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.

        `person_id`: The person; null where nobody is known.

        `state`: * `pending` - pending
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/enrolments",
                query={"cursor": cursor, "page_size": page_size, "person_id": person_id, "state": state},
            )
        )

    async def get(self, task_id: str) -> models.Enrolment:
        """Get what came of an enrolment. GET /api/v1/enrolments/{task_id}

        Pictures that enrol people, latest first: those that wait, and those that were refused, with their
        reasons.
        """
        answer: models.Enrolment = await self._json(
            Call("GET", "/api/v1/enrolments/{task_id}", ids={"task_id": task_id})
        )
        return answer

    async def delete(self, task_id: str) -> None:
        """Remove an enrolment. DELETE /api/v1/enrolments/{task_id}

        Pictures that enrol people, latest first: those that wait, and those that were refused, with their
        reasons.
        """
        await self._nothing(Call("DELETE", "/api/v1/enrolments/{task_id}", ids={"task_id": task_id}))


class Guests(Group):
    def delete(self, guest_id: str) -> None:
        """Erase a guest. DELETE /api/v1/guests/{guest_id}

        Deletes all that is kept of the guest, at once and for good; the record of the consent stays as proof.
        """
        self._nothing(Call("DELETE", "/api/v1/guests/{guest_id}", ids={"guest_id": guest_id}))

    def export(self, guest_id: str) -> bytes:
        """Get everything that is kept of a guest. GET /api/v1/guests/{guest_id}/export

        Everything that is kept of a guest, as a ZIP: `data.json` and the photos found. Descriptors are left
        out.
        """
        return self._content(Call("GET", "/api/v1/guests/{guest_id}/export", ids={"guest_id": guest_id}))


class AsyncGuests(AsyncGroup):
    async def delete(self, guest_id: str) -> None:
        """Erase a guest. DELETE /api/v1/guests/{guest_id}

        Deletes all that is kept of the guest, at once and for good; the record of the consent stays as proof.
        """
        await self._nothing(Call("DELETE", "/api/v1/guests/{guest_id}", ids={"guest_id": guest_id}))

    async def export(self, guest_id: str) -> bytes:
        """Get everything that is kept of a guest. GET /api/v1/guests/{guest_id}/export

        Everything that is kept of a guest, as a ZIP: `data.json` and the photos found. Descriptors are left
        out.
        """
        return await self._content(Call("GET", "/api/v1/guests/{guest_id}/export", ids={"guest_id": guest_id}))


class People(Group):
    def list(
        self,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        email: str | NotGiven = NOT_GIVEN,
        external_id: str | NotGiven = NOT_GIVEN,
        has_faces: bool | NotGiven = NOT_GIVEN,
        ordering: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
    ) -> Paged[models.Person]:
        """List people. GET /api/v1/people

        Newest first, unless `ordering` says otherwise. In pages of 50, 200 at most (`page_size`); `next` has
        the address of the next page.

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `email`: E-mail address, which one person of a studio has.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `has_faces`: has faces

        `ordering`: By created_at, real_name; with `-` before it, the other way round.

        `page_size`: Number of results to return per page.

        `search`: A search term.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/people",
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "email": email,
                    "external_id": external_id,
                    "has_faces": has_faces,
                    "ordering": ordering,
                    "page_size": page_size,
                    "search": search,
                },
            )
        )

    def create(
        self,
        *,
        real_name: str,
        email: str | NotGiven | None = NOT_GIVEN,
        external_id: str | NotGiven | None = NOT_GIVEN,
        avatar_url: str | NotGiven = NOT_GIVEN,
        metadata: dict[str, Any] | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.Person:
        """Make a person. POST /api/v1/people

        `email` and `external_id` belong to one person of the studio.

        `real_name`: The person's name.

        `email`: E-mail address, which one person of a studio has.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `avatar_url`: Address of a picture of the person, fetched with the key where it is one of FacePass's.

        `metadata`: Any JSON of your own.
        """
        answer: models.Person = self._json(
            Call(
                "POST",
                "/api/v1/people",
                body={
                    "real_name": real_name,
                    "email": email,
                    "external_id": external_id,
                    "avatar_url": avatar_url,
                    "metadata": metadata,
                },
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def get(self, person_id: str) -> models.Person:
        """Get a person. GET /api/v1/people/{person_id}

        404 for another studio's, as for one that there never was.
        """
        answer: models.Person = self._json(Call("GET", "/api/v1/people/{person_id}", ids={"person_id": person_id}))
        return answer

    def change(
        self,
        person_id: str,
        *,
        real_name: str | NotGiven = NOT_GIVEN,
        email: str | NotGiven | None = NOT_GIVEN,
        external_id: str | NotGiven | None = NOT_GIVEN,
        avatar_url: str | NotGiven = NOT_GIVEN,
        metadata: dict[str, Any] | NotGiven = NOT_GIVEN,
    ) -> models.Person:
        """Change a person. PATCH /api/v1/people/{person_id}

        What is left out stays as it is.

        `real_name`: The person's name.

        `email`: E-mail address, which one person of a studio has.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `avatar_url`: Address of a picture of the person, fetched with the key where it is one of FacePass's.

        `metadata`: Any JSON of your own.
        """
        answer: models.Person = self._json(
            Call(
                "PATCH",
                "/api/v1/people/{person_id}",
                ids={"person_id": person_id},
                body={
                    "real_name": real_name,
                    "email": email,
                    "external_id": external_id,
                    "avatar_url": avatar_url,
                    "metadata": metadata,
                },
            )
        )
        return answer

    def delete(self, person_id: str) -> models.PersonDeleted | models.Started:
        """Delete a person. DELETE /api/v1/people/{person_id}

        Moves the person to the trash with their pictures; in photos of events their faces lose only the name.

        An API key needs the scope `admin` too. 202 with a task where they have more than 1,000 pictures.
        """
        answer: models.PersonDeleted | models.Started = self._json(
            Call("DELETE", "/api/v1/people/{person_id}", ids={"person_id": person_id})
        )
        return answer

    def export(self, person_id: str) -> bytes:
        """Get everything that is kept of a person. GET /api/v1/people/{person_id}/export

        Everything that is kept of a person, as a ZIP: `data.json` and their photos. Descriptors are left out.
        """
        return self._content(Call("GET", "/api/v1/people/{person_id}/export", ids={"person_id": person_id}))

    def merge(
        self, person_id: str, *, person_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.Merged:
        """Merge people into this one. POST /api/v1/people/{person_id}/merge

        The others are this person: faces, groups, pictures and what this one lacks go over, and they are gone.

        Undo `decision_ids`, the last one first, to have them back.

        `person_ids`: The people.
        """
        answer: models.Merged = self._json(
            Call(
                "POST",
                "/api/v1/people/{person_id}/merge",
                ids={"person_id": person_id},
                body={"person_ids": person_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def bulk(
        self, *, people: Sequence[dict[str, Any]], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.BulkReport:
        """Make or change many people. POST /api/v1/people/bulk

        Makes or changes up to 1,000 people by `external_id`; a row that is refused leaves the others alone.

        `people`: The people.
        """
        answer: models.BulkReport = self._json(
            Call(
                "POST",
                "/api/v1/people/bulk",
                body={"people": people},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def bulk_delete(
        self, *, person_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.DeletedMany:
        """Delete many people. POST /api/v1/people/bulk-delete

        Moves up to 1,000 people to the trash, as one entry; one who is not there stops no other.

        `person_ids`: The people.
        """
        answer: models.DeletedMany = self._json(
            Call(
                "POST",
                "/api/v1/people/bulk-delete",
                body={"person_ids": person_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class AsyncPeople(AsyncGroup):
    def list(
        self,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        email: str | NotGiven = NOT_GIVEN,
        external_id: str | NotGiven = NOT_GIVEN,
        has_faces: bool | NotGiven = NOT_GIVEN,
        ordering: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.Person]:
        """List people. GET /api/v1/people

        Newest first, unless `ordering` says otherwise. In pages of 50, 200 at most (`page_size`); `next` has
        the address of the next page.

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `email`: E-mail address, which one person of a studio has.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `has_faces`: has faces

        `ordering`: By created_at, real_name; with `-` before it, the other way round.

        `page_size`: Number of results to return per page.

        `search`: A search term.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/people",
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "email": email,
                    "external_id": external_id,
                    "has_faces": has_faces,
                    "ordering": ordering,
                    "page_size": page_size,
                    "search": search,
                },
            )
        )

    async def create(
        self,
        *,
        real_name: str,
        email: str | NotGiven | None = NOT_GIVEN,
        external_id: str | NotGiven | None = NOT_GIVEN,
        avatar_url: str | NotGiven = NOT_GIVEN,
        metadata: dict[str, Any] | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.Person:
        """Make a person. POST /api/v1/people

        `email` and `external_id` belong to one person of the studio.

        `real_name`: The person's name.

        `email`: E-mail address, which one person of a studio has.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `avatar_url`: Address of a picture of the person, fetched with the key where it is one of FacePass's.

        `metadata`: Any JSON of your own.
        """
        answer: models.Person = await self._json(
            Call(
                "POST",
                "/api/v1/people",
                body={
                    "real_name": real_name,
                    "email": email,
                    "external_id": external_id,
                    "avatar_url": avatar_url,
                    "metadata": metadata,
                },
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def get(self, person_id: str) -> models.Person:
        """Get a person. GET /api/v1/people/{person_id}

        404 for another studio's, as for one that there never was.
        """
        answer: models.Person = await self._json(
            Call("GET", "/api/v1/people/{person_id}", ids={"person_id": person_id})
        )
        return answer

    async def change(
        self,
        person_id: str,
        *,
        real_name: str | NotGiven = NOT_GIVEN,
        email: str | NotGiven | None = NOT_GIVEN,
        external_id: str | NotGiven | None = NOT_GIVEN,
        avatar_url: str | NotGiven = NOT_GIVEN,
        metadata: dict[str, Any] | NotGiven = NOT_GIVEN,
    ) -> models.Person:
        """Change a person. PATCH /api/v1/people/{person_id}

        What is left out stays as it is.

        `real_name`: The person's name.

        `email`: E-mail address, which one person of a studio has.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `avatar_url`: Address of a picture of the person, fetched with the key where it is one of FacePass's.

        `metadata`: Any JSON of your own.
        """
        answer: models.Person = await self._json(
            Call(
                "PATCH",
                "/api/v1/people/{person_id}",
                ids={"person_id": person_id},
                body={
                    "real_name": real_name,
                    "email": email,
                    "external_id": external_id,
                    "avatar_url": avatar_url,
                    "metadata": metadata,
                },
            )
        )
        return answer

    async def delete(self, person_id: str) -> models.PersonDeleted | models.Started:
        """Delete a person. DELETE /api/v1/people/{person_id}

        Moves the person to the trash with their pictures; in photos of events their faces lose only the name.

        An API key needs the scope `admin` too. 202 with a task where they have more than 1,000 pictures.
        """
        answer: models.PersonDeleted | models.Started = await self._json(
            Call("DELETE", "/api/v1/people/{person_id}", ids={"person_id": person_id})
        )
        return answer

    async def export(self, person_id: str) -> bytes:
        """Get everything that is kept of a person. GET /api/v1/people/{person_id}/export

        Everything that is kept of a person, as a ZIP: `data.json` and their photos. Descriptors are left out.
        """
        return await self._content(Call("GET", "/api/v1/people/{person_id}/export", ids={"person_id": person_id}))

    async def merge(
        self, person_id: str, *, person_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.Merged:
        """Merge people into this one. POST /api/v1/people/{person_id}/merge

        The others are this person: faces, groups, pictures and what this one lacks go over, and they are gone.

        Undo `decision_ids`, the last one first, to have them back.

        `person_ids`: The people.
        """
        answer: models.Merged = await self._json(
            Call(
                "POST",
                "/api/v1/people/{person_id}/merge",
                ids={"person_id": person_id},
                body={"person_ids": person_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def bulk(
        self, *, people: Sequence[dict[str, Any]], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.BulkReport:
        """Make or change many people. POST /api/v1/people/bulk

        Makes or changes up to 1,000 people by `external_id`; a row that is refused leaves the others alone.

        `people`: The people.
        """
        answer: models.BulkReport = await self._json(
            Call(
                "POST",
                "/api/v1/people/bulk",
                body={"people": people},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def bulk_delete(
        self, *, person_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.DeletedMany:
        """Delete many people. POST /api/v1/people/bulk-delete

        Moves up to 1,000 people to the trash, as one entry; one who is not there stops no other.

        `person_ids`: The people.
        """
        answer: models.DeletedMany = await self._json(
            Call(
                "POST",
                "/api/v1/people/bulk-delete",
                body={"person_ids": person_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class Users(Group):
    def list(
        self,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        email: str | NotGiven = NOT_GIVEN,
        external_id: str | NotGiven = NOT_GIVEN,
        has_faces: bool | NotGiven = NOT_GIVEN,
        ordering: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
    ) -> Paged[models.User]:
        """List enrolled people. GET /api/v1/users

        Newest first, unless `ordering` says otherwise. In pages of 50, 200 at most (`page_size`); `next` has
        the address of the next page.

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `email`: E-mail address, which one person of a studio has.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `has_faces`: has faces

        `ordering`: By created_at, real_name; with `-` before it, the other way round.

        `page_size`: Number of results to return per page.

        `search`: A search term.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/users",
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "email": email,
                    "external_id": external_id,
                    "has_faces": has_faces,
                    "ordering": ordering,
                    "page_size": page_size,
                    "search": search,
                },
            )
        )

    def create(
        self,
        *,
        email: str | None,
        full_name: str,
        external_id: str | NotGiven | None = NOT_GIVEN,
        metadata: dict[str, Any] | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.User:
        """Make a person to enrol. POST /api/v1/users

        The same row as a person's at `/api/v1/people`.

        `email`: E-mail address, which one person of a studio has.

        `full_name`: First and last name.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `metadata`: Any JSON of your own.
        """
        answer: models.User = self._json(
            Call(
                "POST",
                "/api/v1/users",
                body={"email": email, "full_name": full_name, "external_id": external_id, "metadata": metadata},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def get(self, user_id: str) -> models.User:
        """Get an enrolled person. GET /api/v1/users/{user_id}

        404 for another studio's, as for one that there never was.
        """
        answer: models.User = self._json(Call("GET", "/api/v1/users/{user_id}", ids={"user_id": user_id}))
        return answer

    def change(
        self,
        user_id: str,
        *,
        email: str | NotGiven | None = NOT_GIVEN,
        full_name: str | NotGiven = NOT_GIVEN,
        external_id: str | NotGiven | None = NOT_GIVEN,
        metadata: dict[str, Any] | NotGiven = NOT_GIVEN,
    ) -> models.User:
        """Change an enrolled person. PATCH /api/v1/users/{user_id}

        What is left out stays as it is.

        `email`: E-mail address, which one person of a studio has.

        `full_name`: First and last name.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `metadata`: Any JSON of your own.
        """
        answer: models.User = self._json(
            Call(
                "PATCH",
                "/api/v1/users/{user_id}",
                ids={"user_id": user_id},
                body={"email": email, "full_name": full_name, "external_id": external_id, "metadata": metadata},
            )
        )
        return answer

    def delete(self, user_id: str) -> models.PersonDeleted | models.Started:
        """Delete an enrolled person. DELETE /api/v1/users/{user_id}

        Moves the person to the trash with their pictures; in photos of events their faces lose only the name.

        An API key needs the scope `admin` too. 202 with a task where they have more than 1,000 pictures.
        """
        answer: models.PersonDeleted | models.Started = self._json(
            Call("DELETE", "/api/v1/users/{user_id}", ids={"user_id": user_id})
        )
        return answer


class AsyncUsers(AsyncGroup):
    def list(
        self,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        email: str | NotGiven = NOT_GIVEN,
        external_id: str | NotGiven = NOT_GIVEN,
        has_faces: bool | NotGiven = NOT_GIVEN,
        ordering: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        search: str | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.User]:
        """List enrolled people. GET /api/v1/users

        Newest first, unless `ordering` says otherwise. In pages of 50, 200 at most (`page_size`); `next` has
        the address of the next page.

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `email`: E-mail address, which one person of a studio has.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `has_faces`: has faces

        `ordering`: By created_at, real_name; with `-` before it, the other way round.

        `page_size`: Number of results to return per page.

        `search`: A search term.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/users",
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "email": email,
                    "external_id": external_id,
                    "has_faces": has_faces,
                    "ordering": ordering,
                    "page_size": page_size,
                    "search": search,
                },
            )
        )

    async def create(
        self,
        *,
        email: str | None,
        full_name: str,
        external_id: str | NotGiven | None = NOT_GIVEN,
        metadata: dict[str, Any] | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.User:
        """Make a person to enrol. POST /api/v1/users

        The same row as a person's at `/api/v1/people`.

        `email`: E-mail address, which one person of a studio has.

        `full_name`: First and last name.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `metadata`: Any JSON of your own.
        """
        answer: models.User = await self._json(
            Call(
                "POST",
                "/api/v1/users",
                body={"email": email, "full_name": full_name, "external_id": external_id, "metadata": metadata},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def get(self, user_id: str) -> models.User:
        """Get an enrolled person. GET /api/v1/users/{user_id}

        404 for another studio's, as for one that there never was.
        """
        answer: models.User = await self._json(Call("GET", "/api/v1/users/{user_id}", ids={"user_id": user_id}))
        return answer

    async def change(
        self,
        user_id: str,
        *,
        email: str | NotGiven | None = NOT_GIVEN,
        full_name: str | NotGiven = NOT_GIVEN,
        external_id: str | NotGiven | None = NOT_GIVEN,
        metadata: dict[str, Any] | NotGiven = NOT_GIVEN,
    ) -> models.User:
        """Change an enrolled person. PATCH /api/v1/users/{user_id}

        What is left out stays as it is.

        `email`: E-mail address, which one person of a studio has.

        `full_name`: First and last name.

        `external_id`: What your own program calls the person; one person of a studio has it.

        `metadata`: Any JSON of your own.
        """
        answer: models.User = await self._json(
            Call(
                "PATCH",
                "/api/v1/users/{user_id}",
                ids={"user_id": user_id},
                body={"email": email, "full_name": full_name, "external_id": external_id, "metadata": metadata},
            )
        )
        return answer

    async def delete(self, user_id: str) -> models.PersonDeleted | models.Started:
        """Delete an enrolled person. DELETE /api/v1/users/{user_id}

        Moves the person to the trash with their pictures; in photos of events their faces lose only the name.

        An API key needs the scope `admin` too. 202 with a task where they have more than 1,000 pictures.
        """
        answer: models.PersonDeleted | models.Started = await self._json(
            Call("DELETE", "/api/v1/users/{user_id}", ids={"user_id": user_id})
        )
        return answer
