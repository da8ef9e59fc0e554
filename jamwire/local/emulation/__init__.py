"""Services of AWS as they are, where MiniStack's differ. Part of the launcher: it imports nothing of Jamwire."""
