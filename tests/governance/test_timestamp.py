"""Time by an authority on this machine: asked for, kept as it came, and judged by given roots."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from governance.timestamp import MAX_REPLY, stamp, verify
from policies.refusals import TimestampError, UnreachableError
from tests.governance.authority import Authority

URL = "https://tsa.example/ask"
GRANTED = bytes.fromhex("30053003020100")
"""A reply that says granted, with no token in it."""
DATA = b"log.example/JP-MN\n42\nroot\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.at(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def reply(authority: Authority) -> bytes:
    return stamp(DATA, URL, authority.transport())


def answering(status: int, kind: str, content: bytes) -> httpx2.MockTransport:
    headers = {"content-type": kind}
    return httpx2.MockTransport(
        lambda _request: httpx2.Response(status, headers=headers, content=content)
    )


@pytest.mark.parametrize("section", ["plain", "chain"])
def test_a_time_is_given_kept_and_found_again(authority: Authority, section: str) -> None:
    """`chain` sends its certificates out of order, as OpenSSL 3.0 does."""
    before = datetime.now(UTC).replace(microsecond=0)
    reply = stamp(DATA, URL, authority.transport(section))

    assert before <= verify(reply, DATA, authority.roots) <= before + timedelta(seconds=60)


def test_what_is_kept_is_read_by_openssl(authority: Authority, reply: bytes) -> None:
    (authority.folder / "kept").write_bytes(reply)
    (authority.folder / "data").write_bytes(DATA)

    said = authority.openssl("ts", "-verify", "-in", "kept", "-data", "data", "-CAfile", "root.pem")

    assert "Verification: OK" in said


def test_a_time_of_other_bytes_or_of_another_authority_does_not_hold(
    authority: Authority, reply: bytes
) -> None:
    with pytest.raises(TimestampError, match="Mismatch between messages"):
        verify(reply, DATA + b"\n", authority.roots)
    with pytest.raises(TimestampError, match="does not hold"):
        verify(reply, DATA, authority.read("stranger.pem"))
    verify(reply, DATA, authority.roots + authority.read("stranger.pem"))


@pytest.mark.parametrize(
    ("roots", "said"), [(b"", "no PEM"), (b"junk", "no PEM"), ("tsa.pem", "signed by itself")]
)
def test_without_a_root_nothing_holds(
    authority: Authority, reply: bytes, roots: bytes | str, said: str
) -> None:
    given = authority.read(roots) if isinstance(roots, str) else roots

    with pytest.raises(TimestampError, match=said):
        verify(reply, DATA, given)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@pytest.mark.parametrize("section", ["plain", "chain"])
def test_a_reply_is_refused_or_says_the_same_whichever_byte_is_changed(
    authority: Authority, section: str
) -> None:
    reply = stamp(DATA, URL, authority.transport(section))
    told = verify(reply, DATA, authority.roots)

    held = 0
    for place in range(len(reply)):
        changed = reply[:place] + bytes([reply[place] ^ 1]) + reply[place + 1 :]
        try:
            assert verify(changed, DATA, authority.roots) == told
            held += 1
        except TimestampError:
            continue

    # What no signature covers: a few bytes of the frame, and certificates that nobody asked for.
    assert held < len(reply) // (20 if section == "plain" else 3)


@pytest.mark.parametrize("length", [0, 1, 100, 500])
def test_a_reply_that_is_cut_short_is_none(authority: Authority, reply: bytes, length: int) -> None:
    with pytest.raises(TimestampError, match="no RFC 3161 reply"):
        verify(reply[:length], DATA, authority.roots)


def test_an_old_reply_is_no_answer_to_a_new_request(authority: Authority) -> None:
    asked = TimestampRequestBuilder().data(DATA).hash_algorithm(HashAlgorithm.SHA512).build()

    with pytest.raises(TimestampError, match="another request"):
        stamp(DATA, URL, authority.transport(query=asked.as_bytes()))


def test_an_authority_that_refuses_is_quoted(authority: Authority) -> None:
    with pytest.raises(TimestampError, match="gives no time: rejection"):
        stamp(DATA, URL, authority.transport("picky"))


@pytest.mark.parametrize(
    ("status", "kind", "content", "said"),
    [
        (500, "application/timestamp-reply", b"", "answers 500"),
        (302, "text/html", b"", "answers 302"),
        (200, "text/html", b"<p>", "text/html, no time"),
        (200, "application/timestamp-reply", b"junk", "no RFC 3161 reply"),
        (200, "application/timestamp-reply", b"0" * (MAX_REPLY + 1), "more than"),
        (200, "application/timestamp-reply", GRANTED, "grants a time and sends none"),
        (200, "application/timestamp-reply", GRANTED[:-1] + b"\x63", "gives no time: 99"),
    ],
)
def test_an_answer_that_is_no_time_is_refused(
    status: int, kind: str, content: bytes, said: str
) -> None:
    with pytest.raises(TimestampError, match=said):
        stamp(DATA, URL, answering(status, kind, content))


def test_an_authority_that_is_away_is_a_fault_and_not_a_refusal() -> None:
    with pytest.raises(UnreachableError, match="gives no answer"):
        stamp(DATA, "http://127.0.0.1:9/")
    with pytest.raises(TimestampError, match="no address"):
        stamp(DATA, "ftp://127.0.0.1/")


def test_a_certificate_that_has_ended_since_still_holds_for_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The authority's certificate ends a second after it has given a time."""
    made = Authority.at(tmp_path)
    now = datetime.now(UTC)
    ends = (now + timedelta(seconds=2)).strftime("%Y%m%d%H%M%SZ")
    (tmp_path / "index").touch()
    (tmp_path / "ca.cnf").write_text(
        "[ca]\ndatabase = ./index\nserial = ./serial\nnew_certs_dir = .\ndefault_md = sha256\n"
        "policy = any\n[any]\ncommonName = supplied\n"
    )
    made.openssl(
        *("ca", "-batch", "-config", "ca.cnf", "-name", "ca", "-notext", "-in", "tsa.csr"),
        *("-cert", "root.pem", "-keyfile", "root.key", "-enddate", ends, "-out", "tsa.pem"),
        *("-extfile", "tsa.cnf", "-extensions", "ext"),
    )
    reply = stamp(DATA, URL, made.transport())

    told = verify(reply, DATA, made.roots)
    time.sleep(3)

    assert verify(reply, DATA, made.roots) == told
