"""Durable append of a signed decision, one writer, against the raw insert of the same bytes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg

from aggregates.event import Event
from aggregates.store.record import Record
from aggregates.store.topics import encode
from tests.benchmarks.measuring import Row, rates

PER_ROUND = 60
LINK = bytes(32)


def on_sqlite(folder: Path, event: Event, rounds: int) -> Row:
    """Compare on SQLite, in WAL with an fsync for each commit."""
    record = Record.open(folder / "ours.sqlite3")
    raw = sqlite3.connect(folder / "raw.sqlite3", isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute(
        "CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL,"
        " version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL,"
        " link BLOB NOT NULL, UNIQUE (stream, version))"
    )
    state = encode(event)

    def insert(version: int) -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute(
            "INSERT INTO events (stream, version, topic, state, link) VALUES (?, ?, ?, ?, ?)",
            ("JP-MN", version, event.topic, state, LINK),
        )
        raw.execute("COMMIT")

    row = _compared("durable append, SQLite", record, event, insert, goal=0.80, rounds=rounds)
    raw.close()
    record.close()
    return row


def on_postgresql(url: str, event: Event, rounds: int) -> Row:
    """Compare on PostgreSQL, each insert a transaction that is on the disk when it returns."""
    record = Record.connect(url)
    state = encode(event)
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute(
            "CREATE TABLE raw_events (position bigserial PRIMARY KEY, stream text NOT NULL,"
            " version bigint NOT NULL, topic text NOT NULL, state bytea NOT NULL,"
            " link bytea NOT NULL, UNIQUE (stream, version))"
        )
        cursor = raw.cursor(binary=True)

        def insert(version: int) -> None:
            cursor.execute(
                "INSERT INTO raw_events (stream, version, topic, state, link)"
                " VALUES (%s, %s, %s, %s, %s)",
                ("JP-MN", version, event.topic, state, LINK),
                prepare=True,
            )

        name = "durable append, PostgreSQL"
        row = _compared(name, record, event, insert, goal=0.60, rounds=rounds)
    record.close()
    return row


def _compared(
    name: str,
    record: Record,
    event: Event,
    insert: Callable[[int], None],
    *,
    goal: float,
    rounds: int,
) -> Row:
    versions: Iterator[int] = count(1)
    ours_done = 0

    def ours() -> float:
        nonlocal ours_done
        began = time.perf_counter()
        for _ in range(PER_ROUND):
            record.append("JP-MN", ours_done, [event])
            ours_done += 1
        return PER_ROUND / (time.perf_counter() - began)

    def floor() -> float:
        began = time.perf_counter()
        for _ in range(PER_ROUND):
            insert(next(versions))
        return PER_ROUND / (time.perf_counter() - began)

    return rates(name, ours, floor, goal=goal, rounds=4 * rounds)
