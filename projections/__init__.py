"""What readers see, rebuilt from events."""
