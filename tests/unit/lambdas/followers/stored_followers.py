"""The store of followers over a table, for tests."""

from lambdas.followers.store import Followers
from tests.fakes.audience_table import AudienceTable
from tests.unit.lambdas.followers.people import ANN, NOW, TIME, asked


class StoredFollowers:
    """The store over a table, in a time that the test sets."""

    def __init__(self) -> None:
        self.now = NOW
        self.waits: list[float] = []
        self.table = AudienceTable()
        self.table.lags = True
        self.followers = Followers(
            self.table,  # type: ignore[arg-type]
            "table",
            clock=lambda: self.now,
            sleep=self.waits.append,
            fraction=lambda: 0.5,
        )

    def ids(self, partition: str) -> list[str]:
        return [item["sk"]["S"] for item in self.table.partition(partition)]

    def count(self, partition: str, sort: str) -> int:
        """The sum of the counts whose sort keys begin so."""
        found = (item for (p, s), item in self.table.items.items() if p == partition and s.startswith(sort))
        return sum(int(item["followers"]["N"]) for item in found)

    def mail(self, id: str = ANN, **words: object) -> None:
        """One who has confirmed by e-mail."""
        assert self.followers.put_question(asked(id, **words)) == "asked"  # type: ignore[arg-type]
        assert self.followers.confirm(id, "q1", TIME)
