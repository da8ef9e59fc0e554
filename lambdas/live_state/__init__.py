"""The state of topics as pages read it, through a CDN."""
