"""The HTTP service: public reading, and envelopes in; one subject a file."""
