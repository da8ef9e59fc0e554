"""What could not be found out: said beside what could."""

from collections.abc import Callable
from typing import TypeVar

from jamwire.console.context import Document
from jamwire.operations.errors import CredentialsError, OperationError

Answer = TypeVar("Answer")


class Problems:
    """The parts of an answer that are missing, each in a sentence, once.

    Attributes:
        documents: They, as the page gets them.
    """

    def __init__(self) -> None:
        self.documents: list[Document] = []

    def without(self, ask: Callable[[], Answer], otherwise: Answer) -> Answer:
        """The answer, or what stands for it where the account does not give it.

        Raises:
            CredentialsError: The credentials cannot be used, so that nothing else can be found out either.
        """
        return self.attempt(ask, lambda _: otherwise)

    def attempt(self, ask: Callable[[], Answer], otherwise: Callable[[OperationError], Answer]) -> Answer:
        """The same, where what stands for the answer says why.

        Raises:
            CredentialsError: As above.
        """
        try:
            return ask()
        except CredentialsError:
            raise
        except OperationError as error:
            problem = {"error": str(error), "action": getattr(error, "action", "")}
            if problem not in self.documents:
                self.documents.append(problem)
            return otherwise(error)
