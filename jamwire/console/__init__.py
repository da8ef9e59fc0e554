"""The console: a page that shows what came in and what became of it, served on this machine only."""
