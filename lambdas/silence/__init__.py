"""Silence as an event: an endpoint from which something is expected, and nothing comes."""
