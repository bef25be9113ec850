"""The groups of operations. Made by clients/generate.py from the API's document."""

from facepass_client.operations.faces import AsyncDecisions, AsyncFaces, AsyncGroups, Decisions, Faces, Groups
from facepass_client.operations.people import (
    AsyncEnrolments,
    AsyncGuests,
    AsyncPeople,
    AsyncUsers,
    Enrolments,
    Guests,
    People,
    Users,
)
from facepass_client.operations.photos import AsyncGalleries, AsyncImages, AsyncTrash, Galleries, Images, Trash
from facepass_client.operations.recognition import AsyncRecognition, AsyncVerification, Recognition, Verification
from facepass_client.operations.sessions import AsyncPrivacy, AsyncSessions, Privacy, Sessions
from facepass_client.operations.studio import Admin, AsyncAdmin, AsyncAuth, AsyncWebhooks, Auth, Webhooks
from facepass_client.operations.system import (
    AsyncConfig,
    AsyncService,
    AsyncTasks,
    AsyncTraining,
    Config,
    Service,
    Tasks,
    Training,
)
from facepass_client.transport import AsyncTransport, Transport


class Operations:
    def __init__(self, transport: Transport) -> None:
        self.admin = Admin(transport)
        self.auth = Auth(transport)
        self.config = Config(transport)
        self.decisions = Decisions(transport)
        self.enrolments = Enrolments(transport)
        self.faces = Faces(transport)
        self.galleries = Galleries(transport)
        self.groups = Groups(transport)
        self.guests = Guests(transport)
        self.images = Images(transport)
        self.people = People(transport)
        self.privacy = Privacy(transport)
        self.recognition = Recognition(transport)
        self.service = Service(transport)
        self.sessions = Sessions(transport)
        self.tasks = Tasks(transport)
        self.training = Training(transport)
        self.trash = Trash(transport)
        self.users = Users(transport)
        self.verification = Verification(transport)
        self.webhooks = Webhooks(transport)


class AsyncOperations:
    def __init__(self, transport: AsyncTransport) -> None:
        self.admin = AsyncAdmin(transport)
        self.auth = AsyncAuth(transport)
        self.config = AsyncConfig(transport)
        self.decisions = AsyncDecisions(transport)
        self.enrolments = AsyncEnrolments(transport)
        self.faces = AsyncFaces(transport)
        self.galleries = AsyncGalleries(transport)
        self.groups = AsyncGroups(transport)
        self.guests = AsyncGuests(transport)
        self.images = AsyncImages(transport)
        self.people = AsyncPeople(transport)
        self.privacy = AsyncPrivacy(transport)
        self.recognition = AsyncRecognition(transport)
        self.service = AsyncService(transport)
        self.sessions = AsyncSessions(transport)
        self.tasks = AsyncTasks(transport)
        self.training = AsyncTraining(transport)
        self.trash = AsyncTrash(transport)
        self.users = AsyncUsers(transport)
        self.verification = AsyncVerification(transport)
        self.webhooks = AsyncWebhooks(transport)
