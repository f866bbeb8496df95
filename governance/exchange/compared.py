"""Which digest stands for a file, so that two people can see that they hold the same one.

That they do says nothing of whether it is good: that is what `verify` and `sign` look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.exchange.backup import Backup, read_head
from governance.keys.public import is_pem, public_record
from governance.service.requests import Request
from governance.service.summary import headline
from policies.proof.audit import parse_trust
from policies.proof.bundle import MEDIA_TYPE, Bundle
from policies.proof.canonical import parse
from policies.proof.keys import KeyRecord
from policies.proof.reading import read_any
from policies.refusals import NotCanonicalError, UnreadableError
from policies.texts import written_out

_BACKUP = b'{"mediaType":"application/vnd.jcm.backup.'


@dataclass(frozen=True, slots=True)
class Compared:
    """A digest, and in words what it is of."""

    what: str
    digest: str


def digests_of(file: Path, read_file: Callable[[Path], bytes]) -> list[Compared]:
    """Return a file's digests, the one that stands for the file first.

    A request, a signature file or an envelope: the statement's. A bundle: the decision's, the
    adoption's, the founding's. A trust file: each founding. A key: its id. A backup, whose every
    line is checked, or what ``replay --verify --json`` printed: the head. `read_file` reads what is
    no backup. Raises `UnreadableError` for any other file, and what reading these raises.
    """
    if _starts_as_backup(file):
        return [_of_backup(file)]
    data = read_file(file)
    if is_pem(data):
        record = public_record(data, str(file))
        return [Compared(f"the {record.scheme} key's id", record.keyid)]
    try:
        value = parse(data, str(file))
    except NotCanonicalError:  # a head stands beside seconds, which are no whole numbers
        return [_of_head(file)]
    return list(_of_json(file, data, value))


def _starts_as_backup(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(_BACKUP)) == _BACKUP
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise UnreadableError(message) from None


def _of_backup(file: Path) -> Compared:
    with file.open("rb") as opened:
        backup = Backup(opened, str(file))
        for _page in backup.pages():
            pass
    return _head(backup.head.position, backup.head.link)


def _of_head(file: Path) -> Compared:
    head = read_head(file)
    return _head(head.position, head.link)


def _head(position: int, link: bytes) -> Compared:
    return Compared(f"the record up to its event {position:,}", link.hex())


def _of_json(file: Path, data: bytes, value: Any) -> Iterator[Compared]:
    members = set(value) if isinstance(value, dict) else set()
    if members == {"keyid", "scheme", "public"}:
        record = KeyRecord.from_json(value, str(file))
        yield Compared(f"the {record.scheme} key's id", record.keyid)
    elif "mediaType" in members and value["mediaType"] == MEDIA_TYPE:
        yield from _of_bundle(Bundle.from_bytes(data.removesuffix(b"\n")))
    elif "mediaType" in members or "payloadType" in members:
        yield from _of_request(Request.from_bytes(data, str(file)))
    elif members and all(
        isinstance(entry, dict) and "founding" in entry for entry in value.values()
    ):
        for code, founding in parse_trust(value).items():
            yield Compared(f"the founding of {written_out(code)}", founding)
    else:
        yield _of_head(file)


def _of_request(request: Request) -> Iterator[Compared]:
    statement = read_any(request.envelope)
    yield Compared(written_out(headline(statement)), request.envelope.digest)
    spoken_of = getattr(statement, "decision", None)
    if spoken_of is not None:
        yield Compared("the decision that it speaks of", spoken_of)


def _of_bundle(bundle: Bundle) -> Iterator[Compared]:
    for envelope in (bundle.decision, bundle.adoption, *bundle.chain[:1]):
        yield Compared(written_out(headline(read_any(envelope))), envelope.digest)
