"""Operations of privacy, sessions. Made by clients/generate.py from the API's document."""

from collections.abc import Sequence
from typing import Literal

from facepass_client import models
from facepass_client.calls import NOT_GIVEN, Call, NotGiven
from facepass_client.groups import AsyncGroup, Group
from facepass_client.paging import AsyncPaged, Paged


class Privacy(Group):
    def get(self, *, level: Literal["installation", "studio"] | NotGiven = NOT_GIVEN) -> models.Privacy:
        """Get the studio's legal basis and deadlines. GET /api/v1/privacy

        What holds for events that say nothing themselves: of the studio, or of the installation.

        `level`: Whose settings; by default the widest one's may change.
        """
        answer: models.Privacy = self._json(Call("GET", "/api/v1/privacy", query={"level": level}))
        return answer

    def change(
        self,
        *,
        legal_basis: models.LegalBasisEnum | models.NullEnum | NotGiven = NOT_GIVEN,
        basis_note: str | NotGiven | None = NOT_GIVEN,
        retention: models.DaysRequest | NotGiven = NOT_GIVEN,
        bounds: models.AllBoundsRequest | NotGiven = NOT_GIVEN,
        level: Literal["installation", "studio"] | NotGiven = NOT_GIVEN,
    ) -> models.Privacy:
        """Change the studio's legal basis and deadlines. PATCH /api/v1/privacy

        Changes what it names. Null takes back what the level said itself. `bounds` are the installation's to
        set.

        `level`: Whose settings; by default the widest one's may change.

        `legal_basis`: The legal basis of the processing.

        `basis_note`: Why the legal basis holds.

        `retention`: How long what is kept.

        `bounds`: Within which bounds events set their deadlines.
        """
        answer: models.Privacy = self._json(
            Call(
                "PATCH",
                "/api/v1/privacy",
                query={"level": level},
                body={"legal_basis": legal_basis, "basis_note": basis_note, "retention": retention, "bounds": bounds},
            )
        )
        return answer

    def get_of_session(self, session_id: str) -> models.EventPrivacy:
        """Get a session's legal basis and deadlines. GET /api/v1/sessions/{session_id}/privacy

        What holds for the event, and when what is deleted.
        """
        answer: models.EventPrivacy = self._json(
            Call("GET", "/api/v1/sessions/{session_id}/privacy", ids={"session_id": session_id})
        )
        return answer

    def change_of_session(
        self,
        session_id: str,
        *,
        legal_basis: models.LegalBasisEnum | models.NullEnum | NotGiven = NOT_GIVEN,
        basis_note: str | NotGiven | None = NOT_GIVEN,
        retention: models.DaysRequest | NotGiven = NOT_GIVEN,
    ) -> models.EventPrivacy:
        """Change a session's legal basis and deadlines. PATCH /api/v1/sessions/{session_id}/privacy

        Changes what it names. Null takes back what the event said itself.

        `legal_basis`: The legal basis of the processing.

        `basis_note`: Why the legal basis holds.

        `retention`: How long what is kept.
        """
        answer: models.EventPrivacy = self._json(
            Call(
                "PATCH",
                "/api/v1/sessions/{session_id}/privacy",
                ids={"session_id": session_id},
                body={"legal_basis": legal_basis, "basis_note": basis_note, "retention": retention},
            )
        )
        return answer


class AsyncPrivacy(AsyncGroup):
    async def get(self, *, level: Literal["installation", "studio"] | NotGiven = NOT_GIVEN) -> models.Privacy:
        """Get the studio's legal basis and deadlines. GET /api/v1/privacy

        What holds for events that say nothing themselves: of the studio, or of the installation.

        `level`: Whose settings; by default the widest one's may change.
        """
        answer: models.Privacy = await self._json(Call("GET", "/api/v1/privacy", query={"level": level}))
        return answer

    async def change(
        self,
        *,
        legal_basis: models.LegalBasisEnum | models.NullEnum | NotGiven = NOT_GIVEN,
        basis_note: str | NotGiven | None = NOT_GIVEN,
        retention: models.DaysRequest | NotGiven = NOT_GIVEN,
        bounds: models.AllBoundsRequest | NotGiven = NOT_GIVEN,
        level: Literal["installation", "studio"] | NotGiven = NOT_GIVEN,
    ) -> models.Privacy:
        """Change the studio's legal basis and deadlines. PATCH /api/v1/privacy

        Changes what it names. Null takes back what the level said itself. `bounds` are the installation's to
        set.

        `level`: Whose settings; by default the widest one's may change.

        `legal_basis`: The legal basis of the processing.

        `basis_note`: Why the legal basis holds.

        `retention`: How long what is kept.

        `bounds`: Within which bounds events set their deadlines.
        """
        answer: models.Privacy = await self._json(
            Call(
                "PATCH",
                "/api/v1/privacy",
                query={"level": level},
                body={"legal_basis": legal_basis, "basis_note": basis_note, "retention": retention, "bounds": bounds},
            )
        )
        return answer

    async def get_of_session(self, session_id: str) -> models.EventPrivacy:
        """Get a session's legal basis and deadlines. GET /api/v1/sessions/{session_id}/privacy

        What holds for the event, and when what is deleted.
        """
        answer: models.EventPrivacy = await self._json(
            Call("GET", "/api/v1/sessions/{session_id}/privacy", ids={"session_id": session_id})
        )
        return answer

    async def change_of_session(
        self,
        session_id: str,
        *,
        legal_basis: models.LegalBasisEnum | models.NullEnum | NotGiven = NOT_GIVEN,
        basis_note: str | NotGiven | None = NOT_GIVEN,
        retention: models.DaysRequest | NotGiven = NOT_GIVEN,
    ) -> models.EventPrivacy:
        """Change a session's legal basis and deadlines. PATCH /api/v1/sessions/{session_id}/privacy

        Changes what it names. Null takes back what the event said itself.

        `legal_basis`: The legal basis of the processing.

        `basis_note`: Why the legal basis holds.

        `retention`: How long what is kept.
        """
        answer: models.EventPrivacy = await self._json(
            Call(
                "PATCH",
                "/api/v1/sessions/{session_id}/privacy",
                ids={"session_id": session_id},
                body={"legal_basis": legal_basis, "basis_note": basis_note, "retention": retention},
            )
        )
        return answer


class Sessions(Group):
    def list(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> Paged[models.Session]:
        """List photo sessions. GET /api/v1/sessions

        Newest first. Of Pixora's sessions, those that were seen here. In pages of 50, 200 at most
        (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v1/sessions", query={"cursor": cursor, "page_size": page_size}))

    def create(
        self,
        *,
        name: str,
        id: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven = NOT_GIVEN,
        photographer_id: str | NotGiven | None = NOT_GIVEN,
        service_package_id: str | NotGiven | None = NOT_GIVEN,
        status: models.SessionStatusEnum | NotGiven = NOT_GIVEN,
        scheduled_at: str | NotGiven | None = NOT_GIVEN,
        completed_at: str | NotGiven | None = NOT_GIVEN,
        time_zone: str | NotGiven = NOT_GIVEN,
        facepass_enabled: bool | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.Session:
        """Make a photo session. POST /api/v1/sessions

        Guests open it by its `code`. Where sessions live in Pixora, they are made there.

        `id`: What it is addressed by.

        `name`: The name.

        `description`: Any text.

        `photographer_id`: The photographer, in a program of your own.

        `service_package_id`: The package that was ordered, in a program of your own.

        `status`: Scheduled, in progress or over.

        `scheduled_at`: When the session begins; null where that is not known.

        `completed_at`: When it ended; null while it runs.

        `time_zone`: Of an event abroad: in which its dates are read, and in which cameras that write no zone
        are set. Changed, it moves the times of their photos.

        `facepass_enabled`: Whether guests and partners may search the session by a face.
        """
        answer: models.Session = self._json(
            Call(
                "POST",
                "/api/v1/sessions",
                body={
                    "id": id,
                    "name": name,
                    "description": description,
                    "photographer_id": photographer_id,
                    "service_package_id": service_package_id,
                    "status": status,
                    "scheduled_at": scheduled_at,
                    "completed_at": completed_at,
                    "time_zone": time_zone,
                    "facepass_enabled": facepass_enabled,
                },
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def get(self, session_id: str) -> models.Session:
        """Get a photo session. GET /api/v1/sessions/{session_id}

        404 for another studio's, as for one that there never was.
        """
        answer: models.Session = self._json(
            Call("GET", "/api/v1/sessions/{session_id}", ids={"session_id": session_id})
        )
        return answer

    def change(
        self,
        session_id: str,
        *,
        id: str | NotGiven = NOT_GIVEN,
        name: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven = NOT_GIVEN,
        photographer_id: str | NotGiven | None = NOT_GIVEN,
        service_package_id: str | NotGiven | None = NOT_GIVEN,
        status: models.SessionStatusEnum | NotGiven = NOT_GIVEN,
        scheduled_at: str | NotGiven | None = NOT_GIVEN,
        completed_at: str | NotGiven | None = NOT_GIVEN,
        time_zone: str | NotGiven = NOT_GIVEN,
        facepass_enabled: bool | NotGiven = NOT_GIVEN,
    ) -> models.Session:
        """Change a photo session. PATCH /api/v1/sessions/{session_id}

        What is left out stays as it is. Sessions of Pixora's are changed there.

        `id`: What it is addressed by.

        `name`: The name.

        `description`: Any text.

        `photographer_id`: The photographer, in a program of your own.

        `service_package_id`: The package that was ordered, in a program of your own.

        `status`: Scheduled, in progress or over.

        `scheduled_at`: When the session begins; null where that is not known.

        `completed_at`: When it ended; null while it runs.

        `time_zone`: Of an event abroad: in which its dates are read, and in which cameras that write no zone
        are set. Changed, it moves the times of their photos.

        `facepass_enabled`: Whether guests and partners may search the session by a face.
        """
        answer: models.Session = self._json(
            Call(
                "PATCH",
                "/api/v1/sessions/{session_id}",
                ids={"session_id": session_id},
                body={
                    "id": id,
                    "name": name,
                    "description": description,
                    "photographer_id": photographer_id,
                    "service_package_id": service_package_id,
                    "status": status,
                    "scheduled_at": scheduled_at,
                    "completed_at": completed_at,
                    "time_zone": time_zone,
                    "facepass_enabled": facepass_enabled,
                },
            )
        )
        return answer

    def delete(self, session_id: str) -> models.Started | None:
        """Delete a photo session. DELETE /api/v1/sessions/{session_id}

        Moves it to the trash with its galleries, photos and guests.

        202 with a task where that is more than 1,000 photos. An API key needs the scope `admin` too. Sessions
        of
        Pixora's are deleted there.
        """
        answer: models.Started | None = self._json(
            Call("DELETE", "/api/v1/sessions/{session_id}", ids={"session_id": session_id})
        )
        return answer

    def get_analytics(
        self, session_id: str, *, from_: str | NotGiven = NOT_GIVEN, to: str | NotGiven = NOT_GIVEN
    ) -> models.Analytics:
        """Count what guests did, day by day. GET /api/v1/sessions/{session_id}/analytics

        Counts only. They are FacePass's own, so they can be had also while Pixora does not answer.

        `from_`: The first day; by default 30 days are told.

        `to`: The last day; by default today.
        """
        answer: models.Analytics = self._json(
            Call(
                "GET",
                "/api/v1/sessions/{session_id}/analytics",
                ids={"session_id": session_id},
                query={"from": from_, "to": to},
            )
        )
        return answer

    def get_config(self, session_id: str) -> models.Config:
        """Get a session's recognition settings. GET /api/v1/sessions/{session_id}/config

        The recognition settings of one event; what it does not set itself comes from its studio.
        """
        answer: models.Config = self._json(
            Call("GET", "/api/v1/sessions/{session_id}/config", ids={"session_id": session_id})
        )
        return answer

    def change_config(
        self, session_id: str, *, recognition_settings: models.RecognitionSettings, if_match: str | NotGiven = NOT_GIVEN
    ) -> models.Config:
        """Change a session's recognition settings. PUT /api/v1/sessions/{session_id}/config

        Changes what it names, within the bounds of the installation. Null takes back what the event said
        itself.

        `recognition_settings`: The settings of recognition.
        """
        answer: models.Config = self._json(
            Call(
                "PUT",
                "/api/v1/sessions/{session_id}/config",
                ids={"session_id": session_id},
                body={"recognition_settings": recognition_settings},
                if_match=if_match,
            )
        )
        return answer

    def get_facepass_status(self, session_id: str) -> models.FacePassStatus:
        """Get how many photos and faces a session has. GET /api/v1/sessions/{session_id}/facepass-status

        Photos and faces of all its galleries.
        """
        answer: models.FacePassStatus = self._json(
            Call("GET", "/api/v1/sessions/{session_id}/facepass-status", ids={"session_id": session_id})
        )
        return answer

    def validate_many(self, *, ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Validations:
        """Check whether several sessions can be searched. POST /api/v1/sessions/validate

        Up to 1,000; a session that cannot be searched is answered with the reason.

        `ids`: The photo sessions.
        """
        answer: models.Validations = self._json(
            Call(
                "POST",
                "/api/v1/sessions/validate",
                body={"ids": ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def validate(self, session_id: str) -> models.Validation:
        """Check whether a session can be searched. GET /api/v1/sessions/validate/{session_id}

        200 also where it cannot be searched, with the reason in `error`.
        """
        answer: models.Validation = self._json(
            Call("GET", "/api/v1/sessions/validate/{session_id}", ids={"session_id": session_id})
        )
        return answer


class AsyncSessions(AsyncGroup):
    def list(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> AsyncPaged[models.Session]:
        """List photo sessions. GET /api/v1/sessions

        Newest first. Of Pixora's sessions, those that were seen here. In pages of 50, 200 at most
        (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v1/sessions", query={"cursor": cursor, "page_size": page_size}))

    async def create(
        self,
        *,
        name: str,
        id: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven = NOT_GIVEN,
        photographer_id: str | NotGiven | None = NOT_GIVEN,
        service_package_id: str | NotGiven | None = NOT_GIVEN,
        status: models.SessionStatusEnum | NotGiven = NOT_GIVEN,
        scheduled_at: str | NotGiven | None = NOT_GIVEN,
        completed_at: str | NotGiven | None = NOT_GIVEN,
        time_zone: str | NotGiven = NOT_GIVEN,
        facepass_enabled: bool | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.Session:
        """Make a photo session. POST /api/v1/sessions

        Guests open it by its `code`. Where sessions live in Pixora, they are made there.

        `id`: What it is addressed by.

        `name`: The name.

        `description`: Any text.

        `photographer_id`: The photographer, in a program of your own.

        `service_package_id`: The package that was ordered, in a program of your own.

        `status`: Scheduled, in progress or over.

        `scheduled_at`: When the session begins; null where that is not known.

        `completed_at`: When it ended; null while it runs.

        `time_zone`: Of an event abroad: in which its dates are read, and in which cameras that write no zone
        are set. Changed, it moves the times of their photos.

        `facepass_enabled`: Whether guests and partners may search the session by a face.
        """
        answer: models.Session = await self._json(
            Call(
                "POST",
                "/api/v1/sessions",
                body={
                    "id": id,
                    "name": name,
                    "description": description,
                    "photographer_id": photographer_id,
                    "service_package_id": service_package_id,
                    "status": status,
                    "scheduled_at": scheduled_at,
                    "completed_at": completed_at,
                    "time_zone": time_zone,
                    "facepass_enabled": facepass_enabled,
                },
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def get(self, session_id: str) -> models.Session:
        """Get a photo session. GET /api/v1/sessions/{session_id}

        404 for another studio's, as for one that there never was.
        """
        answer: models.Session = await self._json(
            Call("GET", "/api/v1/sessions/{session_id}", ids={"session_id": session_id})
        )
        return answer

    async def change(
        self,
        session_id: str,
        *,
        id: str | NotGiven = NOT_GIVEN,
        name: str | NotGiven = NOT_GIVEN,
        description: str | NotGiven = NOT_GIVEN,
        photographer_id: str | NotGiven | None = NOT_GIVEN,
        service_package_id: str | NotGiven | None = NOT_GIVEN,
        status: models.SessionStatusEnum | NotGiven = NOT_GIVEN,
        scheduled_at: str | NotGiven | None = NOT_GIVEN,
        completed_at: str | NotGiven | None = NOT_GIVEN,
        time_zone: str | NotGiven = NOT_GIVEN,
        facepass_enabled: bool | NotGiven = NOT_GIVEN,
    ) -> models.Session:
        """Change a photo session. PATCH /api/v1/sessions/{session_id}

        What is left out stays as it is. Sessions of Pixora's are changed there.

        `id`: What it is addressed by.

        `name`: The name.

        `description`: Any text.

        `photographer_id`: The photographer, in a program of your own.

        `service_package_id`: The package that was ordered, in a program of your own.

        `status`: Scheduled, in progress or over.

        `scheduled_at`: When the session begins; null where that is not known.

        `completed_at`: When it ended; null while it runs.

        `time_zone`: Of an event abroad: in which its dates are read, and in which cameras that write no zone
        are set. Changed, it moves the times of their photos.

        `facepass_enabled`: Whether guests and partners may search the session by a face.
        """
        answer: models.Session = await self._json(
            Call(
                "PATCH",
                "/api/v1/sessions/{session_id}",
                ids={"session_id": session_id},
                body={
                    "id": id,
                    "name": name,
                    "description": description,
                    "photographer_id": photographer_id,
                    "service_package_id": service_package_id,
                    "status": status,
                    "scheduled_at": scheduled_at,
                    "completed_at": completed_at,
                    "time_zone": time_zone,
                    "facepass_enabled": facepass_enabled,
                },
            )
        )
        return answer

    async def delete(self, session_id: str) -> models.Started | None:
        """Delete a photo session. DELETE /api/v1/sessions/{session_id}

        Moves it to the trash with its galleries, photos and guests.

        202 with a task where that is more than 1,000 photos. An API key needs the scope `admin` too. Sessions
        of
        Pixora's are deleted there.
        """
        answer: models.Started | None = await self._json(
            Call("DELETE", "/api/v1/sessions/{session_id}", ids={"session_id": session_id})
        )
        return answer

    async def get_analytics(
        self, session_id: str, *, from_: str | NotGiven = NOT_GIVEN, to: str | NotGiven = NOT_GIVEN
    ) -> models.Analytics:
        """Count what guests did, day by day. GET /api/v1/sessions/{session_id}/analytics

        Counts only. They are FacePass's own, so they can be had also while Pixora does not answer.

        `from_`: The first day; by default 30 days are told.

        `to`: The last day; by default today.
        """
        answer: models.Analytics = await self._json(
            Call(
                "GET",
                "/api/v1/sessions/{session_id}/analytics",
                ids={"session_id": session_id},
                query={"from": from_, "to": to},
            )
        )
        return answer

    async def get_config(self, session_id: str) -> models.Config:
        """Get a session's recognition settings. GET /api/v1/sessions/{session_id}/config

        The recognition settings of one event; what it does not set itself comes from its studio.
        """
        answer: models.Config = await self._json(
            Call("GET", "/api/v1/sessions/{session_id}/config", ids={"session_id": session_id})
        )
        return answer

    async def change_config(
        self, session_id: str, *, recognition_settings: models.RecognitionSettings, if_match: str | NotGiven = NOT_GIVEN
    ) -> models.Config:
        """Change a session's recognition settings. PUT /api/v1/sessions/{session_id}/config

        Changes what it names, within the bounds of the installation. Null takes back what the event said
        itself.

        `recognition_settings`: The settings of recognition.
        """
        answer: models.Config = await self._json(
            Call(
                "PUT",
                "/api/v1/sessions/{session_id}/config",
                ids={"session_id": session_id},
                body={"recognition_settings": recognition_settings},
                if_match=if_match,
            )
        )
        return answer

    async def get_facepass_status(self, session_id: str) -> models.FacePassStatus:
        """Get how many photos and faces a session has. GET /api/v1/sessions/{session_id}/facepass-status

        Photos and faces of all its galleries.
        """
        answer: models.FacePassStatus = await self._json(
            Call("GET", "/api/v1/sessions/{session_id}/facepass-status", ids={"session_id": session_id})
        )
        return answer

    async def validate_many(
        self, *, ids: Sequence[str], idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.Validations:
        """Check whether several sessions can be searched. POST /api/v1/sessions/validate

        Up to 1,000; a session that cannot be searched is answered with the reason.

        `ids`: The photo sessions.
        """
        answer: models.Validations = await self._json(
            Call(
                "POST",
                "/api/v1/sessions/validate",
                body={"ids": ids},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def validate(self, session_id: str) -> models.Validation:
        """Check whether a session can be searched. GET /api/v1/sessions/validate/{session_id}

        200 also where it cannot be searched, with the reason in `error`.
        """
        answer: models.Validation = await self._json(
            Call("GET", "/api/v1/sessions/validate/{session_id}", ids={"session_id": session_id})
        )
        return answer
