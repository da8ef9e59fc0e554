"""Digests: each follower who wants one gets what is new once a day, at a time of day."""
