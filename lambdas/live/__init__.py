"""Pushes to open pages, through AppSync Events: what visitors may know, while it is news."""
