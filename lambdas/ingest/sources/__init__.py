"""Sources: one module for each kind of sender, named as the source is. Most are data alone."""
