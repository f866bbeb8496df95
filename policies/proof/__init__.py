"""What an auditor reads: seals, keys, authority, bundles, and the check of one decision.

Nothing here needs a clock, a network or a database.
"""
