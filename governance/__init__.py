"""Doors and effects: people, clocks and registries meet the committee."""
