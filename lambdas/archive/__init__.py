"""The event store: every event, for as many days as the rulebook says."""
