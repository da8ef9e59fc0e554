"""What can be done from the console: how much it would be is said first, and how it is taken back."""
