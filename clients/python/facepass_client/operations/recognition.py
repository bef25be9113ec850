"""Operations of recognition, verification. Made by clients/generate.py from the API's document."""

from collections.abc import Iterable

from facepass_client import models
from facepass_client.calls import NOT_GIVEN, Call, NotGiven
from facepass_client.groups import AsyncGroup, Group
from facepass_client.paging import AsyncPaged, Paged
from facepass_client.pictures import OnProgress, Picture


class Recognition(Group):
    def recognize_batch(
        self,
        *,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        candidates: int | NotGiven = NOT_GIVEN,
        files: Picture | Iterable[Picture] | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.BatchAnswer | models.Started:
        """Say who is in several pictures, or in a gallery. POST /api/v2/recognize/batch

        Up to 20 pictures are answered at once; a gallery is a task.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `threshold`: The similarity from which on two faces count as one person, from 0 to 1.

        `candidates`: How many people to name for each face at most.

        `files`: Pictures: JPEG, PNG, WebP or HEIC.

        `gallery_id`: The gallery.
        """
        answer: models.BatchAnswer | models.Started = self._json(
            Call(
                "POST",
                "/api/v2/recognize/batch",
                body={
                    "detection": detection,
                    "threshold": threshold,
                    "candidates": candidates,
                    "files": files,
                    "gallery_id": gallery_id,
                },
                form=None,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def batch_recognize(
        self,
        *,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        candidates: int | NotGiven = NOT_GIVEN,
        files: Picture | Iterable[Picture] | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.BatchAnswer | models.Started:
        """Say who is in several pictures, or in a gallery. POST /batch-recognize

        Up to 20 pictures are answered at once; a gallery is a task.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `threshold`: The similarity from which on two faces count as one person, from 0 to 1.

        `candidates`: How many people to name for each face at most.

        `files`: Pictures: JPEG, PNG, WebP or HEIC.

        `gallery_id`: The gallery.
        """
        answer: models.BatchAnswer | models.Started = self._json(
            Call(
                "POST",
                "/batch-recognize",
                body={
                    "detection": detection,
                    "threshold": threshold,
                    "candidates": candidates,
                    "files": files,
                    "gallery_id": gallery_id,
                },
                form=None,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def cluster_unknown_faces(
        self,
        *,
        session_id: str | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        rebuild: bool | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.Started:
        """Group faces that are in no group yet. POST /cluster-unknown-faces

        Groups the faces of an occasion that are in no group yet; 202 with the task. New photos do so by
        themselves.

        `session_id`: The photo session.

        `gallery_id`: The gallery.

        `rebuild`: Make undecided groups anew.
        """
        answer: models.Started = self._json(
            Call(
                "POST",
                "/cluster-unknown-faces",
                body={"session_id": session_id, "gallery_id": gallery_id, "rebuild": rebuild},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    def detect_faces(
        self,
        *,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        file: Picture | NotGiven = NOT_GIVEN,
        photo_id: str | NotGiven = NOT_GIVEN,
        save: bool | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Detection:
        """Find the faces of a picture or photo. POST /detect-faces

        The faces of a picture, largest first, in pixels of the upright picture.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `photo_id`: The photo.

        `save`: Write what is found to the photo's faces, as its analysis does. Needs `photo_id`.
        """
        answer: models.Detection = self._json(
            Call(
                "POST",
                "/detect-faces",
                body={"detection": detection, "file": file, "photo_id": photo_id, "save": save},
                form=None,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def generate_descriptors(self, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Started:
        """Describe every face by the model in use. POST /generate-descriptors

        Describes every photo of the installation by the model that it is set to, then switches to it.
        """
        answer: models.Started = self._json(
            Call("POST", "/generate-descriptors", is_idempotent=True, idempotency_key=idempotency_key)
        )
        return answer

    def rebuild_index(self, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Started:
        """Build the index of the studio-wide search anew. POST /rebuild-index

        Makes the index for searches of whole studios anew. Searches go on meanwhile.
        """
        answer: models.Started = self._json(
            Call("POST", "/rebuild-index", is_idempotent=True, idempotency_key=idempotency_key)
        )
        return answer

    def recognize_face(
        self,
        *,
        file: Picture,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        candidates: int | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Recognized:
        """Say who is in a picture. POST /recognize-face

        Says of every face of a picture who it is, of the people with verified faces.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `threshold`: The similarity from which on two faces count as one person, from 0 to 1.

        `candidates`: How many people to name for each face at most.

        `file`: A picture: JPEG, PNG, WebP or HEIC.
        """
        answer: models.Recognized = self._json(
            Call(
                "POST",
                "/recognize-face",
                body={"detection": detection, "threshold": threshold, "candidates": candidates, "file": file},
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def regenerate_unknown_descriptors(self, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Started:
        """Describe unknown faces again. POST /regenerate-unknown-descriptors

        Describes those faces of the studio anew that no person is bound to.
        """
        answer: models.Started = self._json(
            Call("POST", "/regenerate-unknown-descriptors", is_idempotent=True, idempotency_key=idempotency_key)
        )
        return answer

    def reject_face_cluster(self, *, group_id: str, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Decision:
        """Reject a group of faces. POST /reject-face-cluster

        As `/api/v1/groups/{id}/reject/`.

        `group_id`: The group; null for a face that is in none.
        """
        answer: models.Decision = self._json(
            Call(
                "POST",
                "/reject-face-cluster",
                body={"group_id": group_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class AsyncRecognition(AsyncGroup):
    async def recognize_batch(
        self,
        *,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        candidates: int | NotGiven = NOT_GIVEN,
        files: Picture | Iterable[Picture] | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.BatchAnswer | models.Started:
        """Say who is in several pictures, or in a gallery. POST /api/v2/recognize/batch

        Up to 20 pictures are answered at once; a gallery is a task.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `threshold`: The similarity from which on two faces count as one person, from 0 to 1.

        `candidates`: How many people to name for each face at most.

        `files`: Pictures: JPEG, PNG, WebP or HEIC.

        `gallery_id`: The gallery.
        """
        answer: models.BatchAnswer | models.Started = await self._json(
            Call(
                "POST",
                "/api/v2/recognize/batch",
                body={
                    "detection": detection,
                    "threshold": threshold,
                    "candidates": candidates,
                    "files": files,
                    "gallery_id": gallery_id,
                },
                form=None,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    async def batch_recognize(
        self,
        *,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        candidates: int | NotGiven = NOT_GIVEN,
        files: Picture | Iterable[Picture] | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.BatchAnswer | models.Started:
        """Say who is in several pictures, or in a gallery. POST /batch-recognize

        Up to 20 pictures are answered at once; a gallery is a task.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `threshold`: The similarity from which on two faces count as one person, from 0 to 1.

        `candidates`: How many people to name for each face at most.

        `files`: Pictures: JPEG, PNG, WebP or HEIC.

        `gallery_id`: The gallery.
        """
        answer: models.BatchAnswer | models.Started = await self._json(
            Call(
                "POST",
                "/batch-recognize",
                body={
                    "detection": detection,
                    "threshold": threshold,
                    "candidates": candidates,
                    "files": files,
                    "gallery_id": gallery_id,
                },
                form=None,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    async def cluster_unknown_faces(
        self,
        *,
        session_id: str | NotGiven = NOT_GIVEN,
        gallery_id: str | NotGiven = NOT_GIVEN,
        rebuild: bool | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> models.Started:
        """Group faces that are in no group yet. POST /cluster-unknown-faces

        Groups the faces of an occasion that are in no group yet; 202 with the task. New photos do so by
        themselves.

        `session_id`: The photo session.

        `gallery_id`: The gallery.

        `rebuild`: Make undecided groups anew.
        """
        answer: models.Started = await self._json(
            Call(
                "POST",
                "/cluster-unknown-faces",
                body={"session_id": session_id, "gallery_id": gallery_id, "rebuild": rebuild},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer

    async def detect_faces(
        self,
        *,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        file: Picture | NotGiven = NOT_GIVEN,
        photo_id: str | NotGiven = NOT_GIVEN,
        save: bool | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Detection:
        """Find the faces of a picture or photo. POST /detect-faces

        The faces of a picture, largest first, in pixels of the upright picture.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `photo_id`: The photo.

        `save`: Write what is found to the photo's faces, as its analysis does. Needs `photo_id`.
        """
        answer: models.Detection = await self._json(
            Call(
                "POST",
                "/detect-faces",
                body={"detection": detection, "file": file, "photo_id": photo_id, "save": save},
                form=None,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    async def generate_descriptors(self, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Started:
        """Describe every face by the model in use. POST /generate-descriptors

        Describes every photo of the installation by the model that it is set to, then switches to it.
        """
        answer: models.Started = await self._json(
            Call("POST", "/generate-descriptors", is_idempotent=True, idempotency_key=idempotency_key)
        )
        return answer

    async def rebuild_index(self, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Started:
        """Build the index of the studio-wide search anew. POST /rebuild-index

        Makes the index for searches of whole studios anew. Searches go on meanwhile.
        """
        answer: models.Started = await self._json(
            Call("POST", "/rebuild-index", is_idempotent=True, idempotency_key=idempotency_key)
        )
        return answer

    async def recognize_face(
        self,
        *,
        file: Picture,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        candidates: int | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Recognized:
        """Say who is in a picture. POST /recognize-face

        Says of every face of a picture who it is, of the people with verified faces.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `threshold`: The similarity from which on two faces count as one person, from 0 to 1.

        `candidates`: How many people to name for each face at most.

        `file`: A picture: JPEG, PNG, WebP or HEIC.
        """
        answer: models.Recognized = await self._json(
            Call(
                "POST",
                "/recognize-face",
                body={"detection": detection, "threshold": threshold, "candidates": candidates, "file": file},
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    async def regenerate_unknown_descriptors(self, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Started:
        """Describe unknown faces again. POST /regenerate-unknown-descriptors

        Describes those faces of the studio anew that no person is bound to.
        """
        answer: models.Started = await self._json(
            Call("POST", "/regenerate-unknown-descriptors", is_idempotent=True, idempotency_key=idempotency_key)
        )
        return answer

    async def reject_face_cluster(
        self, *, group_id: str, idempotency_key: str | NotGiven = NOT_GIVEN
    ) -> models.Decision:
        """Reject a group of faces. POST /reject-face-cluster

        As `/api/v1/groups/{id}/reject/`.

        `group_id`: The group; null for a face that is in none.
        """
        answer: models.Decision = await self._json(
            Call(
                "POST",
                "/reject-face-cluster",
                body={"group_id": group_id},
                is_idempotent=True,
                idempotency_key=idempotency_key,
            )
        )
        return answer


class Verification(Group):
    def compare(
        self,
        *,
        file: Picture,
        other_file: Picture,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Verification:
        """Compare two pictures. POST /api/v1/compare

        Compares two pictures by the pair of their faces that is most alike. Neither is kept.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `other_file`: The other picture.

        `threshold`: By default `confidence_thresholds.verify`.
        """
        answer: models.Verification = self._json(
            Call(
                "POST",
                "/api/v1/compare",
                body={"detection": detection, "file": file, "other_file": other_file, "threshold": threshold},
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def check_liveness(
        self,
        *,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        file: Picture | NotGiven = NOT_GIVEN,
        challenge_id: str | NotGiven = NOT_GIVEN,
        files: Picture | Iterable[Picture] | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Verdict:
        """Check whether a living person is there. POST /api/v1/liveness

        A decision with its reasons, and no score.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `challenge_id`: The challenge.

        `files`: The frames of a challenge.
        """
        answer: models.Verdict = self._json(
            Call(
                "POST",
                "/api/v1/liveness",
                body={"detection": detection, "file": file, "challenge_id": challenge_id, "files": files},
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def create_challenge(self, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Challenge:
        """Ask for a challenge. POST /api/v1/liveness/challenges

        A random challenge: for two minutes, for one answer.
        """
        answer: models.Challenge = self._json(
            Call("POST", "/api/v1/liveness/challenges", is_idempotent=True, idempotency_key=idempotency_key)
        )
        return answer

    def list_references(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> Paged[models.Reference]:
        """List references. GET /api/v1/reference

        Newest first. In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v1/reference", query={"cursor": cursor, "page_size": page_size}))

    def create_reference(
        self,
        *,
        file: Picture,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        label: str | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Reference:
        """Keep a face as a reference. POST /api/v1/reference

        Keeps the one usable face of a picture, or answers 422 with the reasons. The picture is not kept.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `label`: Any text of your own.
        """
        answer: models.Reference = self._json(
            Call(
                "POST",
                "/api/v1/reference",
                body={"detection": detection, "file": file, "label": label},
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    def get_reference(self, reference_id: str) -> models.Reference:
        """Get a reference. GET /api/v1/reference/{reference_id}

        Without its descriptor, which nothing answers with. 404 for another studio's, as for one that there
        never was.
        """
        answer: models.Reference = self._json(
            Call("GET", "/api/v1/reference/{reference_id}", ids={"reference_id": reference_id})
        )
        return answer

    def delete_reference(self, reference_id: str) -> None:
        """Delete a reference. DELETE /api/v1/reference/{reference_id}

        For good: a reference does not go to the trash.
        """
        self._nothing(Call("DELETE", "/api/v1/reference/{reference_id}", ids={"reference_id": reference_id}))

    def verify(
        self,
        *,
        file: Picture,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        reference_id: str | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        other_file: Picture | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Verification:
        """Check whether a picture shows a certain person. POST /api/v1/verify

        Compares every face of the picture with a reference, a person or another picture; reports the best one.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `reference_id`: The reference.

        `person_id`: The person; null where nobody is known.

        `other_file`: The other picture.

        `threshold`: By default `confidence_thresholds.verify`.
        """
        answer: models.Verification = self._json(
            Call(
                "POST",
                "/api/v1/verify",
                body={
                    "detection": detection,
                    "file": file,
                    "reference_id": reference_id,
                    "person_id": person_id,
                    "other_file": other_file,
                    "threshold": threshold,
                },
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer


class AsyncVerification(AsyncGroup):
    async def compare(
        self,
        *,
        file: Picture,
        other_file: Picture,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Verification:
        """Compare two pictures. POST /api/v1/compare

        Compares two pictures by the pair of their faces that is most alike. Neither is kept.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `other_file`: The other picture.

        `threshold`: By default `confidence_thresholds.verify`.
        """
        answer: models.Verification = await self._json(
            Call(
                "POST",
                "/api/v1/compare",
                body={"detection": detection, "file": file, "other_file": other_file, "threshold": threshold},
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    async def check_liveness(
        self,
        *,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        file: Picture | NotGiven = NOT_GIVEN,
        challenge_id: str | NotGiven = NOT_GIVEN,
        files: Picture | Iterable[Picture] | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Verdict:
        """Check whether a living person is there. POST /api/v1/liveness

        A decision with its reasons, and no score.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `challenge_id`: The challenge.

        `files`: The frames of a challenge.
        """
        answer: models.Verdict = await self._json(
            Call(
                "POST",
                "/api/v1/liveness",
                body={"detection": detection, "file": file, "challenge_id": challenge_id, "files": files},
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    async def create_challenge(self, *, idempotency_key: str | NotGiven = NOT_GIVEN) -> models.Challenge:
        """Ask for a challenge. POST /api/v1/liveness/challenges

        A random challenge: for two minutes, for one answer.
        """
        answer: models.Challenge = await self._json(
            Call("POST", "/api/v1/liveness/challenges", is_idempotent=True, idempotency_key=idempotency_key)
        )
        return answer

    def list_references(
        self, *, cursor: str | NotGiven = NOT_GIVEN, page_size: int | NotGiven = NOT_GIVEN
    ) -> AsyncPaged[models.Reference]:
        """List references. GET /api/v1/reference

        Newest first. In pages of 50, 200 at most (`page_size`); `next` has the address of the next page.

        `cursor`: The pagination cursor value.

        `page_size`: Number of results to return per page.
        """
        return self._paged(Call("GET", "/api/v1/reference", query={"cursor": cursor, "page_size": page_size}))

    async def create_reference(
        self,
        *,
        file: Picture,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        label: str | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Reference:
        """Keep a face as a reference. POST /api/v1/reference

        Keeps the one usable face of a picture, or answers 422 with the reasons. The picture is not kept.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `label`: Any text of your own.
        """
        answer: models.Reference = await self._json(
            Call(
                "POST",
                "/api/v1/reference",
                body={"detection": detection, "file": file, "label": label},
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer

    async def get_reference(self, reference_id: str) -> models.Reference:
        """Get a reference. GET /api/v1/reference/{reference_id}

        Without its descriptor, which nothing answers with. 404 for another studio's, as for one that there
        never was.
        """
        answer: models.Reference = await self._json(
            Call("GET", "/api/v1/reference/{reference_id}", ids={"reference_id": reference_id})
        )
        return answer

    async def delete_reference(self, reference_id: str) -> None:
        """Delete a reference. DELETE /api/v1/reference/{reference_id}

        For good: a reference does not go to the trash.
        """
        await self._nothing(Call("DELETE", "/api/v1/reference/{reference_id}", ids={"reference_id": reference_id}))

    async def verify(
        self,
        *,
        file: Picture,
        detection: models.DetectionEnum | NotGiven = NOT_GIVEN,
        reference_id: str | NotGiven = NOT_GIVEN,
        person_id: str | NotGiven = NOT_GIVEN,
        other_file: Picture | NotGiven = NOT_GIVEN,
        threshold: float | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
        on_progress: OnProgress | None = None,
    ) -> models.Verification:
        """Check whether a picture shows a certain person. POST /api/v1/verify

        Compares every face of the picture with a reference, a person or another picture; reports the best one.

        `detection`: How closely to look for faces: `fast` looks at a reduced picture once, `balanced` closer
        where that shows no face well, `thorough` always at the large one, for small faces. By default what the
        operation needs. Only what the settings' bounds allow.

        `file`: A picture: JPEG, PNG, WebP or HEIC.

        `reference_id`: The reference.

        `person_id`: The person; null where nobody is known.

        `other_file`: The other picture.

        `threshold`: By default `confidence_thresholds.verify`.
        """
        answer: models.Verification = await self._json(
            Call(
                "POST",
                "/api/v1/verify",
                body={
                    "detection": detection,
                    "file": file,
                    "reference_id": reference_id,
                    "person_id": person_id,
                    "other_file": other_file,
                    "threshold": threshold,
                },
                form=True,
                is_idempotent=True,
                idempotency_key=idempotency_key,
                on_progress=on_progress,
            )
        )
        return answer
