"""Text messages to followers, through AWS End User Messaging, within budgets and quiet hours; and codes."""
