"""Operations of decisions, faces, groups. Made by clients/generate.py from the API's document."""

import builtins
from collections.abc import Iterable, Sequence

from facepass_client import models
from facepass_client.calls import NOT_GIVEN, Call, NotGiven
from facepass_client.groups import AsyncGroup, Group
from facepass_client.paging import AsyncPaged, Paged
from facepass_client.pictures import OnProgress, Picture


class Decisions(Group):
    def list(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> Paged[models.Decision]:
        """List decisions about faces. GET /api/v1/decisions

        What people decided about faces, latest first.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v1/decisions", query={"cursor": cursor, "page_size": page_size}))

    def get(self, decision_id: str) -> models.Decision:
        """Get a decision. GET /api/v1/decisions/{decision_id}

        What people decided about faces, latest first.
        """
        answer: models.Decision = self._json(
            Call("GET", "/api/v1/decisions/{decision_id}", ids={"decision_id": decision_id})
        )
        return answer

    def undo(self, decision_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Decision:
        """Undo a decision. POST /api/v1/decisions/{decision_id}/undo

        Undo the decision: the faces are as they were before it. 409 while a later one about them stands.
        """
        answer: models.Decision = self._json(
            Call(
                "POST",
                "/api/v1/decisions/{decision_id}/undo",
                ids={"decision_id": decision_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class AsyncDecisions(AsyncGroup):
    def list(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> AsyncPaged[models.Decision]:
        """List decisions about faces. GET /api/v1/decisions

        What people decided about faces, latest first.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v1/decisions", query={"cursor": cursor, "page_size": page_size}))

    async def get(self, decision_id: str) -> models.Decision:
        """Get a decision. GET /api/v1/decisions/{decision_id}

        What people decided about faces, latest first.
        """
        answer: models.Decision = await self._json(
            Call("GET", "/api/v1/decisions/{decision_id}", ids={"decision_id": decision_id})
        )
        return answer

    async def undo(self, decision_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Decision:
        """Undo a decision. POST /api/v1/decisions/{decision_id}/undo

        Undo the decision: the faces are as they were before it. 409 while a later one about them stands.
        """
        answer: models.Decision = await self._json(
            Call(
                "POST",
                "/api/v1/decisions/{decision_id}/undo",
                ids={"decision_id": decision_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class Faces(Group):
    def get(self, face_id: str) -> models.Face:
        """Get a face. GET /api/v1/faces/{face_id}

        Deleting takes the descriptors along, and the picture too where it only enrols the face. In a photo of
        an event
        the face stays away: no later analysis and no other model finds it there again.
        """
        answer: models.Face = self._json(Call("GET", "/api/v1/faces/{face_id}", ids={"face_id": face_id}))
        return answer

    def change(
        self,
        face_id: str,
        *,
        person_id: str | NotGiven | None = NOT_GIVEN,
        name: str | NotGiven = NOT_GIVEN,
        verified: bool | NotGiven = NOT_GIVEN,
        rejected: bool | NotGiven = NOT_GIVEN,
    ) -> models.ChangedFace:
        """Name, confirm or reject a face. PATCH /api/v1/faces/{face_id}

        Names a face of an event, confirms or denies its name, rejects or shows it: a decision to be undone.

        `person_id`: Null takes the name away.

        `name`: Instead of `person_id`: the one person of that name, or a new one.

        `verified`: Of the name that it has: true confirms it, false says that it is somebody else.

        `rejected`: True: no face, or nobody who should be found; false: a face after all.
        """
        answer: models.ChangedFace = self._json(
            Call(
                "PATCH",
                "/api/v1/faces/{face_id}",
                ids={"face_id": face_id},
                body={"person_id": person_id, "name": name, "verified": verified, "rejected": rejected},
            )
        )
        return answer

    def delete(self, face_id: str) -> None:
        """Erase a face. DELETE /api/v1/faces/{face_id}

        Deleting takes the descriptors along, and the picture too where it only enrols the face. In a photo of
        an event
        the face stays away: no later analysis and no other model finds it there again.
        """
        self._nothing(Call("DELETE", "/api/v1/faces/{face_id}", ids={"face_id": face_id}))

    def move(self, face_id: str, *, group_id: str, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.ChangedFace:
        """Move a face to another group. POST /api/v1/faces/{face_id}/move

        Moves the face to another group, whose name it has then, or none.

        `group_id`: The group, of the same photo session, whose person the face shows.
        """
        answer: models.ChangedFace = self._json(
            Call(
                "POST",
                "/api/v1/faces/{face_id}/move",
                ids={"face_id": face_id},
                body={"group_id": group_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def bulk_delete(
        self, *, face_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.DeletedMany:
        """Erase many faces. POST /api/v1/faces/bulk-delete

        Erases up to 1,000 faces, each as `DELETE /api/v1/faces/{id}/` does; one that is not there stops no
        other.

        `face_ids`: The faces.
        """
        answer: models.DeletedMany = self._json(
            Call(
                "POST",
                "/api/v1/faces/bulk-delete",
                body={"face_ids": face_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def search(
        self,
        *,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        session_id: str | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        limit: int | NotGiven = NOT_GIVEN,
        file: Picture | NotGiven = NOT_GIVEN,
        face_id: str | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.FacesAnswer:
        """Find the studio's photos with a face. POST /api/v1/faces/search

        The faces of the studio that are most like a face.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `gallery_id`: Only the faces of this gallery.

        `session_id`: Only the faces of this photo session.

        `threshold`: The similarity from which on two faces count as one person, from 0 to 1.

        `limit`: The most photos to answer with.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `face_id`: The face.
        """
        answer: models.FacesAnswer = self._json(
            Call(
                "POST",
                "/api/v1/faces/search",
                body={
                    "detection": detection,
                    "gallery_id": gallery_id,
                    "session_id": session_id,
                    "threshold": threshold,
                    "limit": limit,
                    "file": file,
                    "face_id": face_id,
                },
                form=None,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def search_session(
        self,
        *,
        session_id: str,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        file: Picture | Iterable[Picture] | NotGiven = NOT_GIVEN,
        person_id: Sequence[str] | NotGiven = NOT_GIVEN,
        combine: models.CombineEnum | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        limit: int | NotGiven = NOT_GIVEN,
        explain: bool | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.SearchAnswer:
        """Find a session's photos with a face. POST /api/v1/faces/search-session

        Up to five pictures, and people by their ids. No match is 200 with an empty list; photos below the
        threshold are in `possible`.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `session_id`: The photo session.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `person_id`: The person; null where nobody is known.

        `combine`: With several pictures and people: photos that show any of them, or all.

        `threshold`: The similarity from which on two faces count as one person, from 0 to 1.

        `limit`: The most photos to answer with.

        `explain`: Also say of the nearest photos that were not given why they were not.
        """
        answer: models.SearchAnswer = self._json(
            Call(
                "POST",
                "/api/v1/faces/search-session",
                body={
                    "detection": detection,
                    "session_id": session_id,
                    "file": file,
                    "person_id": person_id,
                    "combine": combine,
                    "threshold": threshold,
                    "limit": limit,
                    "explain": explain,
                },
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def upload(
        self,
        *,
        person_id: str,
        file: Picture,
        consent_by: str | NotGiven = NOT_GIVEN,
        consent_notice: str | NotGiven = NOT_GIVEN,
        consent_at: str | NotGiven = NOT_GIVEN,
        wait: int | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Enrolled:
        """Enrol a person by a picture. POST /api/v1/faces/upload

        Enrols a person by a picture, which must show exactly one usable face. A worker looks for it.

        With `wait` the answer is 200 where it is over in time: its `state` is `done` or `failed`.

        `wait`: Seconds to wait until the work is over; then the answer is 200 and says what came of it. As
        `Prefer: wait=20`, of which more than the most is taken for the most.

        `person_id`: The person; null where nobody is known.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `consent_by`: Who wrote down that the person agreed.

        `consent_notice`: Its version, its address or its title: whatever finds the text again.

        `consent_at`: When the person agreed.
        """
        answer: models.Enrolled = self._json(
            Call(
                "POST",
                "/api/v1/faces/upload",
                query={"wait": wait},
                body={
                    "person_id": person_id,
                    "file": file,
                    "consent_by": consent_by,
                    "consent_notice": consent_notice,
                    "consent_at": consent_at,
                },
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def list_of_user(
        self,
        user_id: str,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        enrolled: bool | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        verified: bool | NotGiven = NOT_GIVEN,
    ) -> Paged[models.Face]:
        """List a person's faces. GET /api/v1/faces/user/{user_id}

        Faces in events' photos and in pictures that enrol the person. In pages of 50, 200 at most
        (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `enrolled`: Whether the picture was sent to enrol the person, or is a photo of an event.

        `page_size`: Number of results to return per page.

        `person_id`: The person; null where nobody is known.

        `verified`: Whether somebody confirmed it.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/faces/user/{user_id}",
                ids={"user_id": user_id},
                query={
                    "cursor": cursor,
                    "enrolled": enrolled,
                    "page_size": page_size,
                    "person_id": person_id,
                    "verified": verified,
                },
            )
        )


class AsyncFaces(AsyncGroup):
    async def get(self, face_id: str) -> models.Face:
        """Get a face. GET /api/v1/faces/{face_id}

        Deleting takes the descriptors along, and the picture too where it only enrols the face. In a photo of
        an event
        the face stays away: no later analysis and no other model finds it there again.
        """
        answer: models.Face = await self._json(Call("GET", "/api/v1/faces/{face_id}", ids={"face_id": face_id}))
        return answer

    async def change(
        self,
        face_id: str,
        *,
        person_id: str | NotGiven | None = NOT_GIVEN,
        name: str | NotGiven = NOT_GIVEN,
        verified: bool | NotGiven = NOT_GIVEN,
        rejected: bool | NotGiven = NOT_GIVEN,
    ) -> models.ChangedFace:
        """Name, confirm or reject a face. PATCH /api/v1/faces/{face_id}

        Names a face of an event, confirms or denies its name, rejects or shows it: a decision to be undone.

        `person_id`: Null takes the name away.

        `name`: Instead of `person_id`: the one person of that name, or a new one.

        `verified`: Of the name that it has: true confirms it, false says that it is somebody else.

        `rejected`: True: no face, or nobody who should be found; false: a face after all.
        """
        answer: models.ChangedFace = await self._json(
            Call(
                "PATCH",
                "/api/v1/faces/{face_id}",
                ids={"face_id": face_id},
                body={"person_id": person_id, "name": name, "verified": verified, "rejected": rejected},
            )
        )
        return answer

    async def delete(self, face_id: str) -> None:
        """Erase a face. DELETE /api/v1/faces/{face_id}

        Deleting takes the descriptors along, and the picture too where it only enrols the face. In a photo of
        an event
        the face stays away: no later analysis and no other model finds it there again.
        """
        await self._nothing(Call("DELETE", "/api/v1/faces/{face_id}", ids={"face_id": face_id}))

    async def move(
        self, face_id: str, *, group_id: str, idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.ChangedFace:
        """Move a face to another group. POST /api/v1/faces/{face_id}/move

        Moves the face to another group, whose name it has then, or none.

        `group_id`: The group, of the same photo session, whose person the face shows.
        """
        answer: models.ChangedFace = await self._json(
            Call(
                "POST",
                "/api/v1/faces/{face_id}/move",
                ids={"face_id": face_id},
                body={"group_id": group_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def bulk_delete(
        self, *, face_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.DeletedMany:
        """Erase many faces. POST /api/v1/faces/bulk-delete

        Erases up to 1,000 faces, each as `DELETE /api/v1/faces/{id}/` does; one that is not there stops no
        other.

        `face_ids`: The faces.
        """
        answer: models.DeletedMany = await self._json(
            Call(
                "POST",
                "/api/v1/faces/bulk-delete",
                body={"face_ids": face_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def search(
        self,
        *,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        session_id: str | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        limit: int | NotGiven = NOT_GIVEN,
        file: Picture | NotGiven = NOT_GIVEN,
        face_id: str | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.FacesAnswer:
        """Find the studio's photos with a face. POST /api/v1/faces/search

        The faces of the studio that are most like a face.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `gallery_id`: Only the faces of this gallery.

        `session_id`: Only the faces of this photo session.

        `threshold`: The similarity from which on two faces count as one person, from 0 to 1.

        `limit`: The most photos to answer with.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `face_id`: The face.
        """
        answer: models.FacesAnswer = await self._json(
            Call(
                "POST",
                "/api/v1/faces/search",
                body={
                    "detection": detection,
                    "gallery_id": gallery_id,
                    "session_id": session_id,
                    "threshold": threshold,
                    "limit": limit,
                    "file": file,
                    "face_id": face_id,
                },
                form=None,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    async def search_session(
        self,
        *,
        session_id: str,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        file: Picture | Iterable[Picture] | NotGiven = NOT_GIVEN,
        person_id: Sequence[str] | NotGiven = NOT_GIVEN,
        combine: models.CombineEnum | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        limit: int | NotGiven = NOT_GIVEN,
        explain: bool | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.SearchAnswer:
        """Find a session's photos with a face. POST /api/v1/faces/search-session

        Up to five pictures, and people by their ids. No match is 200 with an empty list; photos below the
        threshold are in `possible`.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `session_id`: The photo session.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `person_id`: The person; null where nobody is known.

        `combine`: With several pictures and people: photos that show any of them, or all.

        `threshold`: The similarity from which on two faces count as one person, from 0 to 1.

        `limit`: The most photos to answer with.

        `explain`: Also say of the nearest photos that were not given why they were not.
        """
        answer: models.SearchAnswer = await self._json(
            Call(
                "POST",
                "/api/v1/faces/search-session",
                body={
                    "detection": detection,
                    "session_id": session_id,
                    "file": file,
                    "person_id": person_id,
                    "combine": combine,
                    "threshold": threshold,
                    "limit": limit,
                    "explain": explain,
                },
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    async def upload(
        self,
        *,
        person_id: str,
        file: Picture,
        consent_by: str | NotGiven = NOT_GIVEN,
        consent_notice: str | NotGiven = NOT_GIVEN,
        consent_at: str | NotGiven = NOT_GIVEN,
        wait: int | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Enrolled:
        """Enrol a person by a picture. POST /api/v1/faces/upload

        Enrols a person by a picture, which must show exactly one usable face. A worker looks for it.

        With `wait` the answer is 200 where it is over in time: its `state` is `done` or `failed`.

        `wait`: Seconds to wait until the work is over; then the answer is 200 and says what came of it. As
        `Prefer: wait=20`, of which more than the most is taken for the most.

        `person_id`: The person; null where nobody is known.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `consent_by`: Who wrote down that the person agreed.

        `consent_notice`: Its version, its address or its title: whatever finds the text again.

        `consent_at`: When the person agreed.
        """
        answer: models.Enrolled = await self._json(
            Call(
                "POST",
                "/api/v1/faces/upload",
                query={"wait": wait},
                body={
                    "person_id": person_id,
                    "file": file,
                    "consent_by": consent_by,
                    "consent_notice": consent_notice,
                    "consent_at": consent_at,
                },
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def list_of_user(
        self,
        user_id: str,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        enrolled: bool | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        verified: bool | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.Face]:
        """List a person's faces. GET /api/v1/faces/user/{user_id}

        Faces in events' photos and in pictures that enrol the person. In pages of 50, 200 at most
        (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `enrolled`: Whether the picture was sent to enrol the person, or is a photo of an event.

        `page_size`: Number of results to return per page.

        `person_id`: The person; null where nobody is known.

        `verified`: Whether somebody confirmed it.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/faces/user/{user_id}",
                ids={"user_id": user_id},
                query={
                    "cursor": cursor,
                    "enrolled": enrolled,
                    "page_size": page_size,
                    "person_id": person_id,
                    "verified": verified,
                },
            )
        )


class Groups(Group):
    def list(
        self,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        named: bool | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        session_id: str | NotGiven = NOT_GIVEN,
    ) -> Paged[models.Group]:
        """List groups of faces. GET /api/v1/groups

        Largest first. In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `gallery_id`: The gallery.

        `named`: How many have a name.

        `page_size`: Number of results to return per page.

        `person_id`: The person; null where nobody is known.

        `session_id`: The photo session.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/groups",
                query={
                    "cursor": cursor,
                    "gallery_id": gallery_id,
                    "named": named,
                    "page_size": page_size,
                    "person_id": person_id,
                    "session_id": session_id,
                },
            )
        )

    def get(self, group_id: str) -> models.Group:
        """Get a group. GET /api/v1/groups/{group_id}

        404 for another studio's, as for one that there never was.
        """
        answer: models.Group = self._json(Call("GET", "/api/v1/groups/{group_id}", ids={"group_id": group_id}))
        return answer

    def list_faces(
        self, group_id: str, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> Paged[models.ShownFace]:
        """List a group's faces. GET /api/v1/groups/{group_id}/faces

        In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/groups/{group_id}/faces",
                ids={"group_id": group_id},
                query={"cursor": cursor, "page_size": page_size},
            )
        )

    def keep_apart(self, id: str, *, group_id: str, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Decision:
        """Say that two groups are two people. POST /api/v1/groups/{id}/keep-apart

        They show two people, however alike.

        `group_id`: The group; null for a face that is in none.
        """
        answer: models.Decision = self._json(
            Call(
                "POST",
                "/api/v1/groups/{id}/keep-apart",
                ids={"id": id},
                body={"group_id": group_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def merge(
        self, group_id: str, *, group_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.Decision:
        """Say that groups are one person. POST /api/v1/groups/{group_id}/merge

        They show one person.

        `group_ids`: The groups.
        """
        answer: models.Decision = self._json(
            Call(
                "POST",
                "/api/v1/groups/{group_id}/merge",
                ids={"group_id": group_id},
                body={"group_ids": group_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def name(
        self,
        group_id: str,
        *,
        person_id: str | NotGiven | None = NOT_GIVEN,
        name: str | NotGiven = NOT_GIVEN,
        face_ids: Sequence[str] | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.Named:
        """Name a group. POST /api/v1/groups/{group_id}/name

        They show this person. A second group of a person joins the first.

        `person_id`: Null takes the name away.

        `name`: Instead of `person_id`: the one person of that name, or a new one.

        `face_ids`: Only these faces of the group show the person; they leave it for a group of their own.
        """
        answer: models.Named = self._json(
            Call(
                "POST",
                "/api/v1/groups/{group_id}/name",
                ids={"group_id": group_id},
                body={"person_id": person_id, "name": name, "face_ids": face_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def reject(self, group_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Decision:
        """Reject a group. POST /api/v1/groups/{group_id}/reject

        Not faces, or nobody who should be found.
        """
        answer: models.Decision = self._json(
            Call(
                "POST",
                "/api/v1/groups/{group_id}/reject",
                ids={"group_id": group_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def split(
        self, group_id: str, *, face_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.Decision:
        """Split faces off a group. POST /api/v1/groups/{group_id}/split

        These of its faces are somebody else.

        `face_ids`: The faces.
        """
        answer: models.Decision = self._json(
            Call(
                "POST",
                "/api/v1/groups/{group_id}/split",
                ids={"group_id": group_id},
                body={"face_ids": face_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def list_suggestions(
        self, *, gallery_id: str | NotGiven = NOT_GIVEN, session_id: str | NotGiven = NOT_GIVEN
    ) -> builtins.list[models.Suggestion]:
        """List groups that may be one person. GET /api/v1/groups/suggestions

        Pairs that may be one person, the most alike first.

        `gallery_id`: The gallery.

        `session_id`: The photo session.
        """
        answer: builtins.list[models.Suggestion] = self._json(
            Call("GET", "/api/v1/groups/suggestions", query={"gallery_id": gallery_id, "session_id": session_id})
        )
        return answer


class AsyncGroups(AsyncGroup):
    def list(
        self,
        *,
        cursor: str | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        named: bool | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        session_id: str | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.Group]:
        """List groups of faces. GET /api/v1/groups

        Largest first. In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `gallery_id`: The gallery.

        `named`: How many have a name.

        `page_size`: Number of results to return per page.

        `person_id`: The person; null where nobody is known.

        `session_id`: The photo session.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/groups",
                query={
                    "cursor": cursor,
                    "gallery_id": gallery_id,
                    "named": named,
                    "page_size": page_size,
                    "person_id": person_id,
                    "session_id": session_id,
                },
            )
        )

    async def get(self, group_id: str) -> models.Group:
        """Get a group. GET /api/v1/groups/{group_id}

        404 for another studio's, as for one that there never was.
        """
        answer: models.Group = await self._json(Call("GET", "/api/v1/groups/{group_id}", ids={"group_id": group_id}))
        return answer

    def list_faces(
        self, group_id: str, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> AsyncPaged[models.ShownFace]:
        """List a group's faces. GET /api/v1/groups/{group_id}/faces

        In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/groups/{group_id}/faces",
                ids={"group_id": group_id},
                query={"cursor": cursor, "page_size": page_size},
            )
        )

    async def keep_apart(
        self, id: str, *, group_id: str, idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.Decision:
        """Say that two groups are two people. POST /api/v1/groups/{id}/keep-apart

        They show two people, however alike.

        `group_id`: The group; null for a face that is in none.
        """
        answer: models.Decision = await self._json(
            Call(
                "POST",
                "/api/v1/groups/{id}/keep-apart",
                ids={"id": id},
                body={"group_id": group_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def merge(
        self, group_id: str, *, group_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.Decision:
        """Say that groups are one person. POST /api/v1/groups/{group_id}/merge

        They show one person.

        `group_ids`: The groups.
        """
        answer: models.Decision = await self._json(
            Call(
                "POST",
                "/api/v1/groups/{group_id}/merge",
                ids={"group_id": group_id},
                body={"group_ids": group_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def name(
        self,
        group_id: str,
        *,
        person_id: str | NotGiven | None = NOT_GIVEN,
        name: str | NotGiven = NOT_GIVEN,
        face_ids: Sequence[str] | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.Named:
        """Name a group. POST /api/v1/groups/{group_id}/name

        They show this person. A second group of a person joins the first.

        `person_id`: Null takes the name away.

        `name`: Instead of `person_id`: the one person of that name, or a new one.

        `face_ids`: Only these faces of the group show the person; they leave it for a group of their own.
        """
        answer: models.Named = await self._json(
            Call(
                "POST",
                "/api/v1/groups/{group_id}/name",
                ids={"group_id": group_id},
                body={"person_id": person_id, "name": name, "face_ids": face_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def reject(self, group_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Decision:
        """Reject a group. POST /api/v1/groups/{group_id}/reject

        Not faces, or nobody who should be found.
        """
        answer: models.Decision = await self._json(
            Call(
                "POST",
                "/api/v1/groups/{group_id}/reject",
                ids={"group_id": group_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def split(
        self, group_id: str, *, face_ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.Decision:
        """Split faces off a group. POST /api/v1/groups/{group_id}/split

        These of its faces are somebody else.

        `face_ids`: The faces.
        """
        answer: models.Decision = await self._json(
            Call(
                "POST",
                "/api/v1/groups/{group_id}/split",
                ids={"group_id": group_id},
                body={"face_ids": face_ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def list_suggestions(
        self, *, gallery_id: str | NotGiven = NOT_GIVEN, session_id: str | NotGiven = NOT_GIVEN
    ) -> builtins.list[models.Suggestion]:
        """List groups that may be one person. GET /api/v1/groups/suggestions

        Pairs that may be one person, the most alike first.

        `gallery_id`: The gallery.

        `session_id`: The photo session.
        """
        answer: builtins.list[models.Suggestion] = await self._json(
            Call("GET", "/api/v1/groups/suggestions", query={"gallery_id": gallery_id, "session_id": session_id})
        )
        return answer
