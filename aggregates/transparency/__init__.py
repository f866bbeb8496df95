"""The transparency log of a committee: what is logged of its events."""
