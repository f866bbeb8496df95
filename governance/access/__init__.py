"""Who may come in: passkeys, sessions, tokens, and the record of who came."""
