"""The local account: a real deployment on this machine, with an inbox that stands in for the outside."""
