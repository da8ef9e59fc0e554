"""What an operator does to a deployment; no terminal here."""
