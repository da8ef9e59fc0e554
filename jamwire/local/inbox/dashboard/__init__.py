"""The deployed dashboard as a page: the local account keeps its body, and neither counts metrics nor draws them."""
