"""Signed samples of what senders send."""
