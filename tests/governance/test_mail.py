"""E-mail drafts, held against RFC 5322: whoever is named cannot write headers."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, compat32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.exchange.mail import draft

AT = datetime(2026, 1, 12, 2, tzinfo=UTC)
HEADERS = ["From", "To", "Subject", "Date", "X-Unsent", "Content-Type"]
HEADERS += ["Content-Transfer-Encoding", "MIME-Version"]


def drafted(
    name: str = "Hara Kenji", subject: str = "One thing awaits you", text: str = ""
) -> bytes:
    return draft(sender="Secretariat", recipient=name, subject=subject, text=text, at=AT)


def headers(data: bytes) -> dict[str, str]:
    """Return the headers as they are written, unfolded and with encoded words decoded."""
    read = message_from_bytes(data, policy=compat32)
    return {name: str(make_header(decode_header(value))) for name, value in read.items()}


def test_a_draft_names_whom_it_is_for_and_has_no_address() -> None:
    assert headers(drafted()) == {
        "From": "Secretariat:;",
        "To": "Hara Kenji:;",
        "Subject": "One thing awaits you",
        "Date": "Mon, 12 Jan 2026 02:00:00 +0000",
        "X-Unsent": "1",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
        "MIME-Version": "1.0",
    }
    assert b"@" not in drafted()


def test_the_text_comes_back_in_utf_8() -> None:
    text = "Улаанбаатар 東京 =20\n.\nFrom here\n" + "long " * 300 + "\n"

    data = drafted(text=text)

    message = message_from_bytes(data, policy=SMTP)
    assert isinstance(message, EmailMessage)
    assert message.get_content().replace("\r\n", "\n") == text
    assert data.isascii()
    assert max(len(line) for line in data.split(b"\r\n")) <= 78
    assert b"\n" not in data.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "hostile",
    [
        "Hara\r\nBcc: eve@evil.example",
        "Hara\nBcc: eve@evil.example\n\nBody",
        "Hara\rBcc: eve",
        "=?utf-8?q?Hara=0D=0ABcc:_eve=40evil.example?=",
        "=?utf-8?b?SGFyYQpCY2M6IGV2ZQ==?=",
        "Hara\u2028Bcc: eve",
        "Hara\x85Bcc: eve",
        "Hara\x00\x1b[2J",
        'Hara" <eve@evil.example>, "',
        "Hara:; , eve@evil.example",
        "Hara <eve@evil.example>",
        "a" * 3000,
        "日" * 300,
        "",
    ],
)
def test_a_hostile_name_stays_in_its_header(hostile: str) -> None:
    data = drafted(hostile, subject=hostile)

    assert list(headers(data)) == HEADERS
    assert all("\n" not in value and "\r" not in value for value in headers(data).values())
    message = message_from_bytes(data, policy=SMTP)
    assert message["To"].addresses == ()
    assert message["From"].addresses == ()
    assert message["Bcc"] is None


@given(st.text(max_size=120))
def test_no_text_writes_a_header(text: str) -> None:
    data = drafted(text, subject=text, text="Body")

    assert list(headers(data)) == HEADERS
    assert data.endswith(b"\r\n\r\nBody\r\n")


@pytest.mark.parametrize("name", ["Мөнхбат", "東京 太郎", "José Ñ", "Bold; Ganbaatar, Dr."])
def test_a_name_of_any_country_comes_back(name: str) -> None:
    read = headers(drafted(name))["To"]

    assert read.removesuffix(":;").rstrip().strip('"') == name
