"""CloudFront invalidations: what has changed is fetched anew."""
