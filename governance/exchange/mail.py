"""E-mail as files (RFC 5322): drafts that a mail program opens and sends; nothing is sent here."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Group
from email.message import EmailMessage
from email.policy import SMTP

from policies.texts import written_out


def draft(*, sender: str, recipient: str, subject: str, text: str, at: datetime) -> bytes:
    """Return a plain text in UTF-8 to somebody by name.

    The record holds no addresses: sender and recipient are named as groups without a mailbox
    (RFC 5322, section 3.4; RFC 6854 for the sender), and whoever sends it gives the addresses.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Group(_header(sender), ())
    message["To"] = Group(_header(recipient), ())
    message["Subject"] = _header(subject)
    message["Date"] = at
    message["X-Unsent"] = "1"
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    return message.as_bytes()


def one_line(text: str) -> str:
    """Return a text on one line, with what does not print written out."""
    return written_out(" ".join(text.split()))


def _header(text: str) -> str:
    """Return a text that stays in its header.

    An encoded word (RFC 2047) within it would be decoded when the header is set, and could bring a
    line's end with it: what begins as one is taken apart.
    """
    return one_line(text).replace("=?", "= ?")
