"""The application service: the only writers, a file a subject."""
