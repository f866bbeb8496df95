"""What tests of the pages share: the demonstration's record, read as a person reads it."""

from tests.http.conftest import reader, serve, told, told_copy, told_once

__all__ = ["reader", "serve", "told", "told_copy", "told_once"]
