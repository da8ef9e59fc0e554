"""Text messages to the team, within the hours and the budget of the rulebook."""
