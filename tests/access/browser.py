"""A browser with a passkey: it reads a page's form, lets the authenticator answer, and sends it."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from typing import Any

import cbor2
import httpx2
from starlette.testclient import TestClient

from policies.proof.dsse import Envelope, Signature
from tests.policies.authenticator import ORIGIN, Authenticator
from tests.policies.keyring import p256_private

SITE = "record.example"
PEOPLE = {"accept": "text/html", "origin": ORIGIN}


@dataclass
class Passkey:
    """A credential that answers as a browser posts it; its counter counts."""

    name: str
    count: int = 0
    site: str = SITE

    @property
    def id(self) -> str:
        """The credential's identifier."""
        return _word(sha256(self.name.encode()).digest())

    @property
    def record(self) -> Any:
        """The public key, as a roster names it."""
        return self._authenticator.record

    @property
    def _authenticator(self) -> Authenticator:
        return Authenticator(self.name, self.site)

    def sign(self, envelope: Envelope) -> Signature:
        """Sign a statement, as a key of the stage does."""
        self.count += 1
        made = self._authenticator.sign(envelope.pae, count=self.count)
        return Signature(self.record.keyid, made)

    def get(self, options: dict[str, Any], **said: Any) -> str:
        """Answer a page that asks for a signature; what is said of it can be told otherwise."""
        self.count += 1
        flags = said.pop("flags", 0x05)
        asked = {"challenge": options["challenge"]} | said
        made = json.loads(
            self._authenticator.sign(b"", flags=flags, count=self.count, **asked).decode()
        )
        return self._answer(made)

    def create(self, options: dict[str, Any], **said: Any) -> str:
        """Answer a page that asks for a new passkey."""
        assert {"type": "public-key", "alg": -7} in options["pubKeyCredParams"]
        client = {
            "type": "webauthn.create",
            "challenge": options["challenge"],
            "origin": ORIGIN,
            "crossOrigin": False,
        }
        point = p256_private(self.name).public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        name = _bytes(self.id)
        data = sha256(self.site.encode()).digest() + bytes([0x45]) + (0).to_bytes(4)
        data += bytes(16) + len(name).to_bytes(2) + name + cbor2.dumps(cose)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        made = {
            "clientDataJSON": _word(json.dumps(client | said).encode()),
            "attestationObject": _word(attestation),
        }
        return self._answer(made)

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps(
            {"id": self.id, "rawId": self.id, "type": "public-key", "response": response}
        )


@dataclass
class Page:
    """A page that was loaded, and the forms on it."""

    answer: httpx2.Response
    forms: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: httpx2.Response) -> Page:
        """Read the forms: by action, their hidden fields, and what the script is told."""
        page = cls(answer)
        for head, inner in re.findall(r"<form([^>]*)>(.*?)</form>", answer.text, re.DOTALL):
            told = dict(re.findall(r'([a-z-]+)="([^"]*)"', head))
            fields = _typed(inner)
            if "data-options" in told:
                fields["options"] = unescape(told["data-options"])
            page.forms[unescape(told["action"])] = fields
        return page

    def options(self, action: str) -> dict[str, Any]:
        """Return what a form's script asks the authenticator."""
        found: dict[str, Any] = json.loads(self.forms[action]["options"])
        return found


def _typed(form: str) -> dict[str, str]:
    """Return what a browser would send of a form that nobody has changed, but for its files."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        unchosen = attributes.get("type") == "checkbox" and " checked" not in tag
        if attributes.get("type") != "file" and not unchosen:
            fields[attributes["name"]] = unescape(attributes.get("value", ""))
    for name, text in re.findall(
        r'<textarea[^>]* name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL
    ):
        fields[name] = unescape(text)
    for name, inner in re.findall(
        r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        options = re.findall(r"<option([^>]*)>", inner)
        chosen = next((o for o in options if " selected" in o), options[0])
        fields[name] = unescape(dict(re.findall(r'([a-z]+)="([^"]*)"', chosen)).get("value", ""))
    return fields


@dataclass
class Browser:
    """A browser of one person, with its own cookies."""

    client: TestClient

    def load(self, path: str) -> Page:
        """Load a page."""
        return Page.of(self.client.get(path, headers=PEOPLE, follow_redirects=False))

    def send(
        self, page: Page, action: str, headers: dict[str, str] | None = None, **fields: Any
    ) -> httpx2.Response:
        """Send a form of a page; fields can be told otherwise, and null ones are left out."""
        given = {k: v for k, v in page.forms[action].items() if k != "options"} | fields
        return self.client.post(
            action,
            data={name: value for name, value in given.items() if value is not None},
            headers=PEOPLE | (headers or {}),
            follow_redirects=False,
        )

    def sign_in(self, passkey: Passkey, **said: Any) -> httpx2.Response:
        """Sign in with a passkey."""
        page = self.load("/desk/sign-in")
        answer = passkey.get(page.options("/desk/sign-in"), **said)
        return self.send(page, "/desk/sign-in", answer=answer)


def _word(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
