"""The vault: seals identity at rest, and makes the opaque ids that stand for people, tenancies and cases."""

import base64
import hmac
import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis.settings import SettingsError
from intake.domain.people import Identity

SHORTEST_KEY = 32  # bytes
NONCE = 12  # bytes
LINE = b"ledger line"


class IdentityVault:
    """One secret, three keys made from it. Who lacks it can neither read an identity nor guess an id.

    The same identity is sealed to the same text: its nonce is a keyed hash of it, so that no nonce ever comes
    again with another content and a registration that is sent again changes nothing.
    """

    def __init__(self, secret: bytes) -> None:
        self._ids, self._nonces = _derived(secret, "ids"), _derived(secret, "nonces")
        self._cipher = AESGCM(_derived(secret, "identity"))

    @classmethod
    def from_file(cls, path: Path) -> "IdentityVault":
        secret = path.read_bytes().strip()
        if len(secret) < SHORTEST_KEY:
            raise SettingsError(f"IDENTITY_KEY_FILE må holde minst {SHORTEST_KEY} tegn")
        return cls(secret)

    def opaque(self, purpose: str, *parts: str) -> str:
        """The same id for the same parts each time, and of no use to find them by."""
        digest = hmac.digest(self._ids, json.dumps([purpose, *parts]).encode(), sha256)
        return str(UUID(bytes=digest[:16], version=4))

    def seal(self, person: str, identity: Identity) -> str:
        """Bound to the pseudonym: moved to another person it doesn't open."""
        content = json.dumps(asdict(identity), ensure_ascii=False).encode()
        nonce = hmac.digest(self._nonces, person.encode() + content, sha256)[:NONCE]
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, content, person.encode())).decode()

    def unseal(self, person: str, sealed: str) -> Identity:
        raw = base64.b64decode(sealed)
        return Identity(**json.loads(self._cipher.decrypt(raw[:NONCE], raw[NONCE:], person.encode())))

    def seal_text(self, text: str) -> str:
        """Of a line of a file that somebody may have to repair: what stands in it is not ours to know."""
        content = text.encode()
        nonce = hmac.digest(self._nonces, LINE + content, sha256)[:NONCE]
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, content, LINE)).decode()

    def unseal_text(self, sealed: str) -> str:
        raw = base64.b64decode(sealed)
        return self._cipher.decrypt(raw[:NONCE], raw[NONCE:], LINE).decode()


def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"boligflyt/intake/{purpose}".encode()).derive(secret)
