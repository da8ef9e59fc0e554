"""What the `jamwire audience` commands do: with followers, with all that is kept of a person, with what is told."""
