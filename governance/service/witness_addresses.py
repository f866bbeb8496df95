"""Where each witness of a committee answers: the operator's own file, which no statement names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

from governance.delivery.posting import Posting, Reply, shown
from governance.delivery.targets import ANYWHERE, target_of
from governance.keys.files import read_small
from policies.refusals import TargetError, UnreadableError
from policies.sides import Committee

TIMEOUT = 10.0
"""Seconds in which a witness must have said all of its answer."""


class WitnessAwayError(Exception):
    """A witness gave no answer, or none of its own; asking again may help."""


class Said(Protocol):
    """A witness's answer over HTTP."""

    @property
    def status(self) -> int:
        """The status code."""

    @property
    def content_type(self) -> str:
        """The type of the body."""

    @property
    def body(self) -> bytes:
        """What it says."""


Submit = Callable[[bytes], Said]
"""Hands a witness the body of an add-checkpoint; raises `WitnessAwayError`."""


class WitnessAddresses(Protocol):
    """Knows how to reach the witnesses that a statement names."""

    def submit(self, committee: str, name: str) -> Submit | None:
        """Return the way to a witness; None if the operator has named none."""

    def give_up(self) -> None:
        """Give up what is on its way, and ask nobody any more."""


@dataclass
class WitnessesHere:
    """Witnesses in this process, by committee and name: for stories that are told."""

    ways: dict[tuple[str, str], Submit] = field(default_factory=dict)

    def submit(self, committee: str, name: str) -> Submit | None:
        """As `WitnessAddresses.submit`."""
        return self.ways.get((committee, name))

    def give_up(self) -> None:
        """As `WitnessAddresses.give_up`; nothing is ever on its way."""


@dataclass(frozen=True, slots=True)
class HTTPAnswer:
    """What a witness answered over HTTP."""

    status: int
    content_type: str
    body: bytes


@dataclass
class AddressFile:
    """A file of ``{"JP-MN": {"<witness name>": "https://…"}}``; absent: no witness is reached.

    Read when asked, so that it may be changed while the service runs. Raises `UnreadableError`.
    """

    file: Path
    posting: Posting = field(default_factory=lambda: Posting(ANYWHERE, seconds=TIMEOUT))

    def read(self) -> Mapping[str, Mapping[str, str]]:
        """Return the addresses by committee and witness."""
        if not self.file.exists():
            return {}
        data = read_small(self.file)
        try:
            found = msgspec.json.decode(data, type=dict[str, dict[str, str]])
        except msgspec.DecodeError as error:
            message = f'{self.file} is not {{"JP-MN": {{"witness": "https://…"}}}}: {error}'
            raise UnreadableError(message) from None
        for code, named in found.items():
            if Committee.parse(code).code != code:
                message = f"{self.file}: {code!r} is no committee's code, such as JP-MN"
                raise UnreadableError(message)
            for name, url in named.items():
                _require_prefix(self.file, name, url)
        return found

    def submit(self, committee: str, name: str) -> Submit | None:
        """As `WitnessAddresses.submit`."""
        url = self.read().get(committee, {}).get(name)
        if url is None:
            return None
        whole = f"{url.rstrip('/')}/add-checkpoint"
        return lambda body: self._posted(whole, body)

    def give_up(self) -> None:
        """As `WitnessAddresses.give_up`."""
        self.posting.abort()

    def _posted(self, url: str, body: bytes) -> Said:
        found = self.posting.reply(url, {"Content-Type": "text/plain; charset=utf-8"}, body)
        if not isinstance(found, Reply):
            raise WitnessAwayError(found.error or "no answer")
        if 300 <= found.status <= 399 or found.status >= 500:
            message = f"answered {found.status} {shown(found.body)}".rstrip()
            raise WitnessAwayError(message)
        return HTTPAnswer(found.status, found.header(b"content-type") or "", found.body)


def _require_prefix(file: Path, name: str, url: str) -> None:
    try:
        path = target_of(url).path
    except TargetError as error:
        message = f"{file}: {name}: {error}"
        raise UnreadableError(message) from None
    if "?" in path:
        message = f"{file}: {name}: {url!r} has a query; add-checkpoint is put after the address"
        raise UnreadableError(message)
