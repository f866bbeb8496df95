"""The transparency log as static files, and what proves things from them."""
