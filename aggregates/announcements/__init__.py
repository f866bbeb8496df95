"""Announcements: what deadlines came to, each said once."""
