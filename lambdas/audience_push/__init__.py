"""Tells followers by web push."""
