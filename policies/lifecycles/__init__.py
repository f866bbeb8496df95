"""Lifecycles as tables: which step leads from which stage to which."""
