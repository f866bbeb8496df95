"""A mirror: pulls a log, checks all of it by the rules of each place, keeps and serves the copy.

It believes the trust file, and what it saw before; nothing that the place says it pulls from.
"""
