"""The infrastructure: the hub, the subscriber construct and one stack for each subscriber."""
