"""Parties to the Paris Agreement by the code of three letters that ITMO identifiers have.

Of the Parties that are sides of a Joint Committee; the source is named in `parties.toml`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from policies.refusals import NotFoundError

ALPHA3 = r"\A[A-Z]{3}\Z"


@cache
def _codes() -> dict[str, str]:
    text = (resources.files("policies") / "parties.toml").read_text("utf-8")
    codes: dict[str, str] = tomllib.loads(text)["alpha3"]
    return codes


def alpha3(side: str) -> str:
    """Return the code of three letters of a side, such as ``MNG`` of ``MN``; `NotFoundError`."""
    code = _codes().get(side)
    if code is None:
        message = f"no code of three letters of {side} is known; add it to policies/parties.toml"
        raise NotFoundError(message)
    return code
