"""The audience's public endpoint: people ask to be told, confirm, change and end it."""
