"""A subscription as tests need it."""

from __future__ import annotations

from typing import Any

from governance.delivery.subscription import Subscription


def subscription(name: str = "sub_a", **facts: Any) -> Subscription:
    """Return a subscription of Japan's side to everything, made at instant 0."""
    plain: dict[str, Any] = {
        "side": "JP",
        "url": "https://registry.example/in",
        "committee": None,
        "types": (),
        "made_at": 0,
    }
    return Subscription(id=name, **(plain | facts))
