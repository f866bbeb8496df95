"""The Joint Committee as an aggregate: its events, its state, and what it decides."""
