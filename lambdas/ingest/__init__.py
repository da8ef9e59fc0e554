"""Ingest: a webhook in, an event out. Verify, normalise, publish; nothing else happens before the answer."""
