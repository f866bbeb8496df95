"""Push: a side's registry is sent what its feed holds, at least once and in order.

The feed is the outbox. A subscription has its own position in it, and moves on only when its target
has acknowledged; what was sent, and what came of it, is kept beside the views and is no event.
"""
