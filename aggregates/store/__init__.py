"""Where events are kept: one append-only record with a hash chain."""
