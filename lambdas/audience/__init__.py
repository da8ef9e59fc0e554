"""The audience's subscriber: what happens becomes a fan-out to those who follow its topic."""
