"""Adapters to services, each written once."""
