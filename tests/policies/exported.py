"""Builders for tests: a log as a folder that anybody may have written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from policies.proof.checkpoint import LogKeys
from policies.proof.log_keys_files import files_of
from policies.proof.merkle import leaf_hash
from policies.proof.tile_layout import ENTRIES, WIDTH, bundles_of, tile_path, tiles_of
from tests.policies.logbook import Log


def log_files(log: Log, note: str, keys: LogKeys, texts: Mapping[str, str]) -> dict[str, bytes]:
    """Return the bytes of every file, by its path."""
    files = {"checkpoint": note.encode()}
    for index, width in bundles_of(len(log.entries)):
        part = log.entries[index * WIDTH :][:width]
        data = b"".join(len(entry).to_bytes(2, "big") + entry for entry in part)
        files[tile_path(ENTRIES, index, width)] = data
    for level, index, tile in tiles_of([leaf_hash(entry) for entry in log.entries]):
        files[tile_path(level, index, len(tile) // 32)] = tile
    files |= {name: text.encode() for name, text in files_of(keys).items()}
    return files | {f"text/{name}": text.encode() for name, text in texts.items()}


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write the files below a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder
