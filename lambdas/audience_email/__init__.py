"""E-mails to followers, through SES: what they follow, digests, and the question whether it was they who asked."""
