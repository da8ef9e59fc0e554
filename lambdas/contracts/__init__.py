"""What functions, stacks and the command agree on; standard library only."""
