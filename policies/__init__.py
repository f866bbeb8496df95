"""What the rules allow: pure functions over plain values, with no clock, storage or network."""
