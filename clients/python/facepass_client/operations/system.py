"""Operations of config, service, tasks, training. Made by clients/generate.py from the API's document."""

from collections.abc import Sequence
from typing import Any, Literal

from facepass_client import models
from facepass_client.calls import NOT_GIVEN, Call, NotGiven
from facepass_client.groups import AsyncGroup, Group
from facepass_client.paging import AsyncPaged, Paged


class Config(Group):
    def get(self, *, level: Literal["installation", "studio"] | NotGiven = NOT_GIVEN) -> models.Config:
        """Get the recognition settings. GET /api/v2/config

        With where each setting comes from, and an `ETag` for `If-Match`.

        `level`: Whose settings; by default the widest one's may change.
        """
        answer: models.Config = self._json(Call("GET", "/api/v2/config", query={"level": level}))
        return answer

    def change(
        self,
        *,
        recognition_settings: models.RecognitionSettings,
        override_bounds: dict[str, Any] | NotGiven | None = NOT_GIVEN,
        level: Literal["installation", "studio"] | NotGiven = NOT_GIVEN,
        if_match: str | NotGiven = NOT_GIVEN,
    ) -> models.Config:
        """Change the recognition settings. PUT /api/v2/config

        Changes what it names, checks the whole, and holds from the next photo or search on.

        `level`: Whose settings; by default the widest one's may change.

        `recognition_settings`: The settings of recognition.

        `override_bounds`: Within which bounds a studio or an event may set what.
        """
        answer: models.Config = self._json(
            Call(
                "PUT",
                "/api/v2/config",
                query={"level": level},
                body={"recognition_settings": recognition_settings, "override_bounds": override_bounds},
                if_match=if_match,
            )
        )
        return answer

    def list_history(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> Paged[models.ConfigChange]:
        """List changes of the recognition settings. GET /api/v2/config/history

        Who changed what, newest first: in the caller's studios; with the scope `installation` everywhere.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v2/config/history", query={"cursor": cursor, "page_size": page_size}))


class AsyncConfig(AsyncGroup):
    async def get(self, *, level: Literal["installation", "studio"] | NotGiven = NOT_GIVEN) -> models.Config:
        """Get the recognition settings. GET /api/v2/config

        With where each setting comes from, and an `ETag` for `If-Match`.

        `level`: Whose settings; by default the widest one's may change.
        """
        answer: models.Config = await self._json(Call("GET", "/api/v2/config", query={"level": level}))
        return answer

    async def change(
        self,
        *,
        recognition_settings: models.RecognitionSettings,
        override_bounds: dict[str, Any] | NotGiven | None = NOT_GIVEN,
        level: Literal["installation", "studio"] | NotGiven = NOT_GIVEN,
        if_match: str | NotGiven = NOT_GIVEN,
    ) -> models.Config:
        """Change the recognition settings. PUT /api/v2/config

        Changes what it names, checks the whole, and holds from the next photo or search on.

        `level`: Whose settings; by default the widest one's may change.

        `recognition_settings`: The settings of recognition.

        `override_bounds`: Within which bounds a studio or an event may set what.
        """
        answer: models.Config = await self._json(
            Call(
                "PUT",
                "/api/v2/config",
                query={"level": level},
                body={"recognition_settings": recognition_settings, "override_bounds": override_bounds},
                if_match=if_match,
            )
        )
        return answer

    def list_history(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> AsyncPaged[models.ConfigChange]:
        """List changes of the recognition settings. GET /api/v2/config/history

        Who changed what, newest first: in the caller's studios; with the scope `installation` everywhere.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v2/config/history", query={"cursor": cursor, "page_size": page_size}))


class Service(Group):
    def health(self) -> models.Health:
        """Does the process answer?. GET /health

        For monitors; it asks no other part.
        """
        answer: models.Health = self._json(Call("GET", "/health"))
        return answer

    def health_ready(self) -> models.Health:
        """Can the process do its work?. GET /health/ready

        503 where the database or the face engine is missing, or the process is about to stop.
        """
        answer: models.Health = self._json(Call("GET", "/health/ready"))
        return answer

    def health_detailed(self) -> models.Health:
        """The state of every part. GET /health/detailed

        For whoever may read `/metrics`; 404 for others.
        """
        answer: models.Health = self._json(Call("GET", "/health/detailed"))
        return answer

    def health_of_api(self) -> models.Health:
        """Does the process answer? The same as /health. GET /api/v1/health

        For monitors; it asks no other part.
        """
        answer: models.Health = self._json(Call("GET", "/api/v1/health"))
        return answer


class AsyncService(AsyncGroup):
    async def health(self) -> models.Health:
        """Does the process answer?. GET /health

        For monitors; it asks no other part.
        """
        answer: models.Health = await self._json(Call("GET", "/health"))
        return answer

    async def health_ready(self) -> models.Health:
        """Can the process do its work?. GET /health/ready

        503 where the database or the face engine is missing, or the process is about to stop.
        """
        answer: models.Health = await self._json(Call("GET", "/health/ready"))
        return answer

    async def health_detailed(self) -> models.Health:
        """The state of every part. GET /health/detailed

        For whoever may read `/metrics`; 404 for others.
        """
        answer: models.Health = await self._json(Call("GET", "/health/detailed"))
        return answer

    async def health_of_api(self) -> models.Health:
        """Does the process answer? The same as /health. GET /api/v1/health

        For monitors; it asks no other part.
        """
        answer: models.Health = await self._json(Call("GET", "/api/v1/health"))
        return answer


class Tasks(Group):
    def list(
        self,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        kind: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        state: Sequence[Literal["cancelled", "done", "failed", "pending", "running"]] | NotGiven = NOT_GIVEN,
    ) -> Paged[models.Task]:
        """List tasks. GET /api/v1/tasks

        The studio's tasks, latest first. Pictures that enrol somebody are at `/api/v1/enrolments/`.

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `kind`: What kind it is.

        `page_size`: Number of results to return per page.

        `state`: * `pending` - pending
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/tasks",
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "kind": kind,
                    "page_size": page_size,
                    "state": state,
                },
            )
        )

    def get(self, task_id: str) -> models.Task:
        """Get a task. GET /api/v1/tasks/{task_id}

        A job, or a picture that enrols somebody: its row is its job.
        """
        answer: models.Task = self._json(Call("GET", "/api/v1/tasks/{task_id}", ids={"task_id": task_id}))
        return answer

    def delete(self, task_id: str) -> models.Task:
        """Cancel a task (as its cancel path does). DELETE /api/v1/tasks/{task_id}

        Cancels it. What is over stays as it is.
        """
        answer: models.Task = self._json(Call("DELETE", "/api/v1/tasks/{task_id}", ids={"task_id": task_id}))
        return answer

    def cancel(self, task_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Task:
        """Cancel a task. POST /api/v1/tasks/{task_id}/cancel

        Cancels it, as DELETE does. What is over stays as it is.
        """
        answer: models.Task = self._json(
            Call(
                "POST",
                "/api/v1/tasks/{task_id}/cancel",
                ids={"task_id": task_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class AsyncTasks(AsyncGroup):
    def list(
        self,
        *,
        created_after: str | NotGiven = NOT_GIVEN,
        created_before: str | NotGiven = NOT_GIVEN,
        cursor: str | NotGiven = NOT_GIVEN,
        kind: str | NotGiven = NOT_GIVEN,
        page_size: int | NotGiven = NOT_GIVEN,
        state: Sequence[Literal["cancelled", "done", "failed", "pending", "running"]] | NotGiven = NOT_GIVEN,
    ) -> AsyncPaged[models.Task]:
        """List tasks. GET /api/v1/tasks

        The studio's tasks, latest first. Pictures that enrol somebody are at `/api/v1/enrolments/`.

        `created_after`: Made at this moment or later.

        `created_before`: Made before this moment.

        `cursor`: The pagination cursor value.

        `kind`: What kind it is.

        `page_size`: Number of results to return per page.

        `state`: * `pending` - pending
        """
        return self._paged(
            Call(
                "GET",
                "/api/v1/tasks",
                query={
                    "created_after": created_after,
                    "created_before": created_before,
                    "cursor": cursor,
                    "kind": kind,
                    "page_size": page_size,
                    "state": state,
                },
            )
        )

    async def get(self, task_id: str) -> models.Task:
        """Get a task. GET /api/v1/tasks/{task_id}

        A job, or a picture that enrols somebody: its row is its job.
        """
        answer: models.Task = await self._json(Call("GET", "/api/v1/tasks/{task_id}", ids={"task_id": task_id}))
        return answer

    async def delete(self, task_id: str) -> models.Task:
        """Cancel a task (as its cancel path does). DELETE /api/v1/tasks/{task_id}

        Cancels it. What is over stays as it is.
        """
        answer: models.Task = await self._json(Call("DELETE", "/api/v1/tasks/{task_id}", ids={"task_id": task_id}))
        return answer

    async def cancel(self, task_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Task:
        """Cancel a task. POST /api/v1/tasks/{task_id}/cancel

        Cancels it, as DELETE does. What is over stays as it is.
        """
        answer: models.Task = await self._json(
            Call(
                "POST",
                "/api/v1/tasks/{task_id}/cancel",
                ids={"task_id": task_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class Training(Group):
    def activate(self, training_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Training:
        """Put a training's version to use. POST /api/v2/train/{training_id}/activate

        From now on names are given by this version.
        """
        answer: models.Training = self._json(
            Call(
                "POST",
                "/api/v2/train/{training_id}/activate",
                ids={"training_id": training_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def apply(self, training_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.NamesApplied:
        """Apply a training's names. POST /api/v2/train/{training_id}/apply

        Changes the names that are listed. What a person decided stays, also if it was decided since.
        """
        answer: models.NamesApplied = self._json(
            Call(
                "POST",
                "/api/v2/train/{training_id}/apply",
                ids={"training_id": training_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def get_changes(self, training_id: str) -> models.NameChanges:
        """List names that a training would change. GET /api/v2/train/{training_id}/changes

        The names that this version would change, as they were when it was learnt. 409 where it learnt nothing.
        """
        answer: models.NameChanges = self._json(
            Call("GET", "/api/v2/train/{training_id}/changes", ids={"training_id": training_id})
        )
        return answer

    def roll_back(self, training_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.RolledBack:
        """Go back to the version before. POST /api/v2/train/{training_id}/roll-back

        Takes the version out of use, for the one before it.
        """
        answer: models.RolledBack = self._json(
            Call(
                "POST",
                "/api/v2/train/{training_id}/roll-back",
                ids={"training_id": training_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def execute(
        self, *, training_id: str | NotGiven = NOT_GIVEN, idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.TrainingStarted:
        """Start a training. POST /api/v2/train/execute

        Learns from the verified faces; one run of a studio at a time, the others are 409 `training_running`.

        `training_id`: A prepared training, whose data must still be as then.
        """
        answer: models.TrainingStarted = self._json(
            Call(
                "POST",
                "/api/v2/train/execute",
                body={"training_id": training_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def list(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> Paged[models.Training]:
        """List trainings. GET /api/v2/train/history

        Every training of the studio with who did what with it, newest first.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v2/train/history", query={"cursor": cursor, "page_size": page_size}))

    def prepare(self, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Prepared | models.TrainingStarted:
        """Prepare a training. POST /api/v2/train/prepare

        201 with what was found, or 202 with a task where there are more than 5,000 faces.
        """
        answer: models.Prepared | models.TrainingStarted = self._json(
            Call("POST", "/api/v2/train/prepare", is_idempotent=True, idempotency_key=idempotency_key)
        )
        return answer

    def get(self, training_id: str) -> models.TrainingDetail:
        """Get a training. GET /api/v2/train/status/{training_id}

        By the id of the session, or of its task.
        """
        answer: models.TrainingDetail = self._json(
            Call("GET", "/api/v2/train/status/{training_id}", ids={"training_id": training_id})
        )
        return answer


class AsyncTraining(AsyncGroup):
    async def activate(self, training_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Training:
        """Put a training's version to use. POST /api/v2/train/{training_id}/activate

        From now on names are given by this version.
        """
        answer: models.Training = await self._json(
            Call(
                "POST",
                "/api/v2/train/{training_id}/activate",
                ids={"training_id": training_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def apply(self, training_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.NamesApplied:
        """Apply a training's names. POST /api/v2/train/{training_id}/apply

        Changes the names that are listed. What a person decided stays, also if it was decided since.
        """
        answer: models.NamesApplied = await self._json(
            Call(
                "POST",
                "/api/v2/train/{training_id}/apply",
                ids={"training_id": training_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def get_changes(self, training_id: str) -> models.NameChanges:
        """List names that a training would change. GET /api/v2/train/{training_id}/changes

        The names that this version would change, as they were when it was learnt. 409 where it learnt nothing.
        """
        answer: models.NameChanges = await self._json(
            Call("GET", "/api/v2/train/{training_id}/changes", ids={"training_id": training_id})
        )
        return answer

    async def roll_back(self, training_id: str, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.RolledBack:
        """Go back to the version before. POST /api/v2/train/{training_id}/roll-back

        Takes the version out of use, for the one before it.
        """
        answer: models.RolledBack = await self._json(
            Call(
                "POST",
                "/api/v2/train/{training_id}/roll-back",
                ids={"training_id": training_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def execute(
        self, *, training_id: str | NotGiven = NOT_GIVEN, idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.TrainingStarted:
        """Start a training. POST /api/v2/train/execute

        Learns from the verified faces; one run of a studio at a time, the others are 409 `training_running`.

        `training_id`: A prepared training, whose data must still be as then.
        """
        answer: models.TrainingStarted = await self._json(
            Call(
                "POST",
                "/api/v2/train/execute",
                body={"training_id": training_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def list(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> AsyncPaged[models.Training]:
        """List trainings. GET /api/v2/train/history

        Every training of the studio with who did what with it, newest first.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v2/train/history", query={"cursor": cursor, "page_size": page_size}))

    async def prepare(self, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Prepared | models.TrainingStarted:
        """Prepare a training. POST /api/v2/train/prepare

        201 with what was found, or 202 with a task where there are more than 5,000 faces.
        """
        answer: models.Prepared | models.TrainingStarted = await self._json(
            Call("POST", "/api/v2/train/prepare", is_idempotent=True, idempotency_key=idempotency_key)
        )
        return answer

    async def get(self, training_id: str) -> models.TrainingDetail:
        """Get a training. GET /api/v2/train/status/{training_id}

        By the id of the session, or of its task.
        """
        answer: models.TrainingDetail = await self._json(
            Call("GET", "/api/v2/train/status/{training_id}", ids={"training_id": training_id})
        )
        return answer
