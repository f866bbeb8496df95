"""The public site as files, for any web server: what the service answers, with links that hold."""
