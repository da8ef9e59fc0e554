"""The inbox: what Jamwire's messages reach on this machine, to be looked at. No part of the deployed product."""
