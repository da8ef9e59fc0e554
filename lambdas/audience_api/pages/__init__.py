"""The endpoint's pages, for who comes by a link or by a form that works without a script."""
