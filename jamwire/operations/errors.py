"""The errors that operations raise."""


class OperationError(Exception):
    """Something that a person can put right; the text is one line that says how."""


class NotFoundError(OperationError):
    """What was named does not exist."""


class AccountError(OperationError):
    """The account cannot be asked, or refuses to answer.

    Attributes:
        action: The IAM action that the credentials lack; empty where that is not the reason, or is unknown.
    """

    def __init__(self, text: str, action: str = "") -> None:
        super().__init__(text)
        self.action = action


class CredentialsError(AccountError):
    """There are no credentials, or they have expired or are not valid."""
