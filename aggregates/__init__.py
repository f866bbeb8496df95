"""What was decided, as events."""
