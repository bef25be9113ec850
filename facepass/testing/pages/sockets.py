"""A page's end of the websocket, for tests that listen to what a page is told."""

import json

from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import connection
from django.test import Client

from facepass.asgi import application
from facepass.testing.factories import MembershipFactory
from facepass.testing.waiting import PATIENCE_SECONDS


@database_sync_to_async
def session_of_member(studio):
    client = Client()
    client.force_login(MembershipFactory(studio=studio).user)
    return client.cookies["sessionid"].value


class Socket(ApplicationCommunicator):
    """A page's end of the websocket. (The one in channels.testing wants daphne, which is not our server.)"""

    def __init__(self, path, *, session=None, origin=b"http://localhost"):
        headers = [(b"origin", origin), (b"host", b"localhost")]
        if session:
            headers.append((b"cookie", f"sessionid={session}".encode()))
        scope = {"type": "websocket", "path": path, "headers": headers, "query_string": b"", "subprotocols": []}
        super().__init__(application, scope)

    async def connect(self):
        await self.send_input({"type": "websocket.connect"})
        return await self.receive_output(PATIENCE_SECONDS)

    async def event(self):
        return json.loads((await self.receive_output(PATIENCE_SECONDS))["text"])

    async def disconnect(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(PATIENCE_SECONDS)


async def closed(socket):
    await socket.disconnect()
    await get_channel_layer().close()

    @database_sync_to_async
    def close():
        connection.close()

    await close()
