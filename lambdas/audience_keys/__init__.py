"""Fills an audience's secret at its deployment, and leads the answers to text messages to their topic."""
