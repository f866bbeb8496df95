"""A witness: cosigns that a log only grows (C2SP tlog-witness), and keeps the proof if it does not.

Knows nothing of the engine but the verifier: it is run by a side, or by a third, elsewhere.
"""
