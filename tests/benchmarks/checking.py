"""Replay with every signature checked, against the bare verification of the same signatures.

Both on all cores. Bare: the keys are loaded and the bytes lie ready; every signature that the
record holds is verified where it stands, so one that stands twice is verified twice.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from aggregates.store.record import Record
from governance.service.whole_record import check_record
from policies.proof.keys import KeyRecord
from tests.benchmarks.measuring import Row, rates

Signed = tuple[str, bytes, bytes]
"""A public key, a signature, and what it was made over."""


def on_all_cores(file: Path, rounds: int) -> Row:
    """Compare, in signatures a second."""
    record = Record.open_read_only(file)
    opener = partial(Record.open_read_only, file)
    held = signatures_of(record)
    cores = len(os.sched_getaffinity(0))
    shares = [held[share::cores] for share in range(cores)]
    context = multiprocessing.get_context("spawn")

    def ours() -> float:
        began = time.perf_counter()
        answer = check_record(record, lambda _events: None, opener)
        taken = time.perf_counter() - began
        if not answer["ok"]:
            raise ValueError(answer["detail"])
        return len(held) / taken

    with _ready(context, shares) as pool:

        def floor() -> float:
            began = time.perf_counter()
            pool.map(_verify_all, range(cores), chunksize=1)
            return len(held) / (time.perf_counter() - began)

        row = rates("replay, every signature checked", ours, floor, goal=0.90, rounds=rounds)
    record.close()
    return row


def signatures_of(record: Record) -> list[Signed]:
    """Return every signature that the check of a record verifies, in that order."""
    found: list[Signed] = []
    verify = KeyRecord.verify

    def noting(key: KeyRecord, signature: bytes, message: bytes) -> None:
        found.append((key.public, signature, message))
        verify(key, signature, message)

    with patch.object(KeyRecord, "verify", noting):
        check_record(record, lambda _events: None)
    return found


_share: list[tuple[Any, bytes, bytes]] = []


def _ready(context: Any, shares: list[list[Signed]]) -> Pool:
    """Return workers that each hold one share, with the keys loaded."""
    queue = context.SimpleQueue()
    pool: Pool = context.Pool(len(shares), _load, (queue,))
    for share in shares:
        queue.put(share)
    pool.map(_is_loaded, range(len(shares)), chunksize=1)
    return pool


def _load(queue: Any) -> None:
    loaded: dict[str, Any] = {}
    for public, signature, message in queue.get():
        if public not in loaded:
            loaded[public] = serialization.load_pem_public_key(public.encode())
        _share.append((loaded[public], signature, message))


def _is_loaded(_number: int) -> int:
    time.sleep(0.2)  # so that each worker takes one
    return len(_share)


def _verify_all(_number: int) -> None:
    ecdsa = ec.ECDSA(hashes.SHA256())
    for key, signature, message in _share:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ecdsa)
        else:
            key.verify(signature, message)
