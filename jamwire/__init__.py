"""The ``jamwire`` command: operate a deployment, run the local account and its inbox."""
