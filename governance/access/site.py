"""Where the desk is open: the origin that browsers see, and the site that passkeys are for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policies.refusals import WrongHomeError

_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9-]+(\.[a-z0-9-]+)*)(?P<port>:[0-9]{1,5})?", re.ASCII
)
LOCAL = "localhost"


@dataclass(frozen=True, slots=True)
class Site:
    """An origin (RFC 6454) and its host, the relying party's id (WebAuthn level 2, 5.1.2)."""

    origin: str
    host: str

    @classmethod
    def parse(cls, origin: str) -> Site:
        """Read ``JCGOV_ORIGIN``: https, or http for localhost alone; raise `WrongHomeError`."""
        found = _ORIGIN.fullmatch(origin)
        if found is None or found["host"].replace(".", "").isdigit():
            message = (
                f"JCGOV_ORIGIN is {origin!r}; write what browsers show before the first slash, as"
                " https://record.example: a name in lower case, no path, no address of digits"
            )
            raise WrongHomeError(message)
        if found["scheme"] == "http" and found["host"] != LOCAL:
            message = f"JCGOV_ORIGIN is {origin!r}; only http://{LOCAL} may do without https"
            raise WrongHomeError(message)
        if found["port"] == {"https": ":443", "http": ":80"}[found["scheme"]]:
            message = f"JCGOV_ORIGIN is {origin!r}; browsers leave out the port that goes without"
            raise WrongHomeError(message)
        return cls(origin, found["host"])

    @property
    def secure(self) -> bool:
        """Whether cookies may travel by TLS alone."""
        return self.origin.startswith("https:")
