"""What readers see: views rebuilt from the events, and the followers that keep them."""
