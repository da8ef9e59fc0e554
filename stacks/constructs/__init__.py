"""What stacks are made of."""
