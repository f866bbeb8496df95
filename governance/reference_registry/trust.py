"""The registry's own trust file: the foundings that both governments published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from governance.reference_registry.refusals import TrustError

_MAX_FILE = 1024 * 1024


class _Published(msgspec.Struct, forbid_unknown_fields=True):
    founding: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]


def read_trust(file: Path) -> dict[str, str]:
    """Return each committee's founding by its digest; `TrustError` if the file does not say it."""
    try:
        with file.open("rb") as stream:
            data = stream.read(_MAX_FILE + 1)
        if len(data) > _MAX_FILE:
            message = f"{file} is larger than {_MAX_FILE} bytes: this is no trust file"
            raise TrustError(message)
        published = msgspec.json.decode(data, type=dict[str, _Published])
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
        raise TrustError(message) from None
    except (msgspec.MsgspecError, RecursionError) as error:
        message = f'{file} must say {{"JP-MN": {{"founding": "<digest>"}}}} for each: {error}'
        raise TrustError(message) from None
    return {code: entry.founding for code, entry in published.items()}
