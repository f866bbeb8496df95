"""The yearly drill: the machine is lost in the middle of a decision, and both sides finish it."""

from __future__ import annotations

from typing import Literal, get_args

Moment = Literal["before-signing", "one-signed", "both-signed"]
"""When the machine is lost; at `both-signed` the record key was away, so nothing is adopted yet."""
MOMENTS: tuple[Moment, ...] = get_args(Moment)
