"""The demonstration: the whole story on real data, a file a chapter."""
