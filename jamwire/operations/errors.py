"""The error that every operation raises."""


class OperationError(Exception):
    """Something that a person can put right; the text is one line that says how."""
