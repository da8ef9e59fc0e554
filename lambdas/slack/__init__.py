"""Slack messages, through the incoming webhook of a channel."""
