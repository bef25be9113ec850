"""An authenticator app and a passkey for tests, as a member's phone has them."""

import hashlib
import json
import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticatorData

from facepass.core.access.sign_in import totp
from facepass.models import User


def give_app(user: User) -> "App":
    """Give the user an authenticator app. The code that confirmed it was an old one."""
    secret = totp.new_secret()
    totp.keep_secret(user, secret, step=0)
    return App(secret)


class App:
    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._totp = TOTP(secret, 6, SHA1(), 30)

    def code(self, *, later: int = 0) -> str:
        """Return the code of now, or of so many steps later."""
        return self._totp.generate(int(time.time()) + 30 * later).decode()


class Device:
    """An authenticator that answers WebAuthn's challenges for `host`, and says that its owner was verified."""

    def __init__(self, origin: str = "http://testserver", *, counts: bool = True, verifies: bool = True) -> None:
        self.origin, self.host = origin, origin.partition("//")[2].partition(":")[0]
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = hashlib.sha256(origin.encode() + str(id(self)).encode()).digest()
        self.counter, self.counts, self.verifies = 0, counts, verifies

    def make(self, options: dict[str, Any]) -> str:
        """Return a browser's answer to the options of `create`."""
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid.NONE, self.credential_id, public)
        data = self._authenticator_data(credential)
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})
        response = {
            "clientDataJSON": websafe_encode(self._client_data("webauthn.create", options)),
            "attestationObject": websafe_encode(attestation),
        }
        return self._answer(response)

    def sign(self, options: dict[str, Any]) -> str:
        """Return a browser's answer to the options of `get`."""
        client_data, data = self._client_data("webauthn.get", options), self._authenticator_data(None)
        signed = bytes(data) + hashlib.sha256(client_data).digest()
        response = {
            "clientDataJSON": websafe_encode(client_data),
            "authenticatorData": websafe_encode(bytes(data)),
            "signature": websafe_encode(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
        }
        return self._answer(response)

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["publicKey"]["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _authenticator_data(self, credential: AttestedCredentialData | None) -> AuthenticatorData:
        flags = AuthenticatorData.FLAG.UP | (AuthenticatorData.FLAG.UV if self.verifies else 0)
        if credential:
            flags |= AuthenticatorData.FLAG.AT
        self.counter += self.counts
        rp_id_hash = hashlib.sha256(self.host.encode()).digest()
        return AuthenticatorData.create(rp_id_hash, flags, self.counter, bytes(credential or b""))

    def _answer(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
