"""One story for each publish: published, built, deployed, purged, told in one message when it is over."""
