"""The `jamwire` command in the terminal: its arguments, and what it prints."""
