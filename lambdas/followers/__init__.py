"""What the audience's functions know together of followers: who they are, what they follow, what they were promised."""
