"""The desk: pages for whoever is signed in, and the ways to get there."""
