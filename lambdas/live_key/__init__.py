"""The renewal of the visitors' key, which AppSync lets live for a year."""
