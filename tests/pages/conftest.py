"""What tests of the pages share: the demonstration's record, read as a person reads it."""

from tests.http.conftest import door, reader, serve, told, told_copy, told_once

__all__ = ["door", "reader", "serve", "told", "told_copy", "told_once"]
