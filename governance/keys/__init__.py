"""Private keys: people's, in files that never reach the server; and the engine's own two."""
