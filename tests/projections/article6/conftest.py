"""A committee of the second generation, and what its governments did in two years."""

from tests.aggregates.conftest import docket, docketed, opened

__all__ = ["docket", "docketed", "opened"]
