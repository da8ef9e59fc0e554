"""The doctor: whether a deployment has what it needs, and what to do where it has not."""
