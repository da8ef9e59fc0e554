"""Ingest asked with whatever a stranger or a broken sender may send, by number and seed.

Whatever is asked has one of the answers that docs/connect.md lists, in time; nothing is ever raised, and what nobody has
signed is never published.
"""
