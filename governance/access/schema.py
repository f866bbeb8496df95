"""The tables of access, declared once for both engines; none of it is part of the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

DECLARATION = "4"
OLDER = frozenset({"1", "2", "3"})
"""The declarations before, which lack tables and differ in nothing else."""
FIRST = "access_credentials"
_TABLES: Mapping[str, str] = {
    # What a browser needs beside a public key. Whose it is, the rosters say.
    FIRST: """(id {text} PRIMARY KEY, keyid {text} NOT NULL, public {text} NOT NULL,
        cose {text} NOT NULL, vouched_by {text}, label {text} NOT NULL, sign_count {whole} NOT NULL,
        made_at {whole} NOT NULL, used_at {whole})""",
    "access_sessions": """(name {text} PRIMARY KEY, credential {text} NOT NULL,
        began_at {whole} NOT NULL, seen_at {whole} NOT NULL, address {text} NOT NULL)""",
    "access_ceremonies": "(name {text} PRIMARY KEY, ends_at {whole} NOT NULL)",
    "access_requests": """(digest {text} PRIMARY KEY, committee {text} NOT NULL,
        request {text} NOT NULL, made_by {text}, made_at {whole} NOT NULL)""",
    "access_signatures": """(digest {text} NOT NULL, keyid {text} NOT NULL,
        envelope {text} NOT NULL, says {text} NOT NULL, made_at {whole} NOT NULL,
        PRIMARY KEY (digest, keyid))""",
    "access_tokens": """(id {text} PRIMARY KEY, name {text} NOT NULL UNIQUE,
        committee {text} NOT NULL, side {text} NOT NULL, may {text} NOT NULL, label {text} NOT NULL,
        made_at {whole} NOT NULL, ends_at {whole} NOT NULL, revoked_at {whole},
        used_at {whole})""",
    "access_record": """(number {number}, at {whole} NOT NULL, what {text} NOT NULL,
        outcome {text} NOT NULL, who {text}, address {text} NOT NULL, detail {text})""",
    "access_secrets": "(name {text} PRIMARY KEY, secret {text} NOT NULL)",
    # Up to where of the record somebody has said to have seen a committee's changes.
    "access_seen": """(committee {text} NOT NULL, side {text} NOT NULL, person {text} NOT NULL,
        position {whole} NOT NULL, seen_at {whole} NOT NULL,
        PRIMARY KEY (committee, side, person))""",
    # Who says "not now" to one version of a text. It means nothing to the record.
    "access_not_now": """(committee {text} NOT NULL, text {text} NOT NULL, side {text} NOT NULL,
        person {text} NOT NULL, reason {text} NOT NULL, said_at {whole} NOT NULL,
        PRIMARY KEY (committee, text, side, person))""",
    "access_forms": """(who {text} NOT NULL, word {text} NOT NULL, said {text} NOT NULL,
        address {text} NOT NULL, taken_at {whole} NOT NULL, PRIMARY KEY (who, word))""",
}
TABLES = tuple(_TABLES)
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS access_record_by_address ON jcgov.access_record (address, at)",
    "CREATE INDEX IF NOT EXISTS access_record_by_time ON jcgov.access_record (at)",
)
SQLITE = {"text": "TEXT", "whole": "INTEGER", "number": "INTEGER PRIMARY KEY AUTOINCREMENT"}
POSTGRESQL = {
    "text": 'text COLLATE "C"',
    "whole": "bigint",
    "number": "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
}


def statements(types: Mapping[str, str]) -> Iterator[str]:
    """Yield what makes the tables that are missing, in an engine's types."""
    for name, columns in _TABLES.items():
        yield f"CREATE TABLE IF NOT EXISTS jcgov.{name} {columns.format_map(types)}"
    yield from _INDEXES
