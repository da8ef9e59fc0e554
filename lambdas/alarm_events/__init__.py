"""Alarms of CloudWatch as events on the hub's topic."""
