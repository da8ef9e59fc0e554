"""How calls are verified, as data: the schemes by which senders of webhooks prove who they are."""
