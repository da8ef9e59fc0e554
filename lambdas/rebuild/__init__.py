"""Builds of the site: what was published is built, a burst of it once."""
