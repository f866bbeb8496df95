"""Pages for people: the public decision log, and the desk for those who decide and keep it."""
