"""Text messages, through SNS, within the hours and the budget of the rulebook."""
