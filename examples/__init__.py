"""Whole sites that Jamwire makes live."""
