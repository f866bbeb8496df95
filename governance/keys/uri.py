"""Where a key on a token lies: the part of RFC 7512 (PKCS#11 URIs) that names one key.

``pkcs11:token=chair-1;object=sign;id=%02?module-path=/usr/lib/…`` — what is not said fits anything.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from policies.refusals import TokenError, UnreadableError

SCHEME = "pkcs11:"
MODULE = "JCGOV_PKCS11_MODULE"

_OF_TOKEN = frozenset({"token", "manufacturer", "serial", "model"})
_OF_KEY = frozenset({"object", "id", "type"})
_PIN = frozenset({"pin-value", "pin-source"})


@dataclass(frozen=True, slots=True)
class TokenUri:
    """A key on a token: the token's and the key's attributes, and the module that speaks to it."""

    text: str
    token: Mapping[str, str]
    label: str | None = None
    id: bytes | None = None
    module_path: str | None = None

    @classmethod
    def parse(cls, text: str) -> TokenUri:
        """Read a URI; `UnreadableError` for what it must not, or need not, say."""
        path, _, query = text.removeprefix(SCHEME).partition("?")
        if not text.startswith(SCHEME):
            message = f"{text!r} is no PKCS#11 URI; write {SCHEME}token=LABEL;object=LABEL"
            raise UnreadableError(message)
        named = _attributes(path, ";", _OF_TOKEN | _OF_KEY)
        asked = _attributes(query, "&", frozenset({"module-path"}))
        if named.get("type", b"private") not in (b"private", b"public", b"cert"):
            message = "a key that signs is of the type private, public or cert"
            raise UnreadableError(message)
        label, module = named.get("object"), asked.get("module-path")
        return cls(
            text=text,
            token={name: _text(named[name], name) for name in sorted(_OF_TOKEN & set(named))},
            label=None if label is None else _text(label, "object"),
            id=named.get("id"),
            module_path=None if module is None else _text(module, "module-path"),
        )

    @property
    def module(self) -> str:
        """The module's file: the URI's own, else ``JCGOV_PKCS11_MODULE``; else `TokenError`."""
        module = self.module_path or os.environ.get(MODULE)
        if not module:
            message = (
                f"{self}: no PKCS#11 module is named; add ?module-path=FILE, or set {MODULE} to the"
                " file that the token's maker provides (such as libykcs11.so or opensc-pkcs11.so)"
            )
            raise TokenError(message)
        return module

    def __str__(self) -> str:
        return self.text.partition("?")[0]


def _attributes(text: str, separator: str, known: frozenset[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in filter(None, text.split(separator)):
        name, equals, value = part.partition("=")
        if name in _PIN:
            message = f"a PIN does not stand in a URI ({name}), where others can read it"
            raise UnreadableError(f"{message}; it is asked for, or give --password-file")
        if name not in known or not equals:
            message = f"a key's URI cannot say {name!r} here; it may say {', '.join(sorted(known))}"
            raise UnreadableError(message)
        if name in found:
            message = f"the URI says {name} twice"
            raise UnreadableError(message)
        found[name] = unquote_to_bytes(value)
    return found


def _text(value: bytes, name: str) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        message = f"the URI's {name} is no UTF-8"
        raise UnreadableError(message) from None
