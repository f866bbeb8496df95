"""The yearly drill: the machine is lost in the middle of a decision, and both sides finish it."""
