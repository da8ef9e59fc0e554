"""What runs: the ingest function, the subscribers' functions and their runtime."""
