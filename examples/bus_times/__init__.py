"""A bus line's departures and its news: a static site that moves."""
