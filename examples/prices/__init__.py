"""Fifty prices that move many times a second: a static site without a line of code for it."""
