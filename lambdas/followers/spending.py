"""What is spent of a budget of the audience: counters of a day, which never go beyond their limit."""

from typing import TYPE_CHECKING, Any, Final

from lambdas.contracts.audience_table import key
from lambdas.contracts.sms_limits import Day

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

ALL: Final = "all"

_KEPT_SECONDS: Final = 2 * 24 * 3600
"""After its day a counter is of no use; a day more, since DynamoDB deletes when it likes."""


class Spending:
    """The counters.

    Args:
        client: DynamoDB.
        table: The audience's table.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def spend(self, what: str, day: Day, owner: str, amount: int, limit: int, cause: str = "") -> int | None:
        """Spend, where the limit allows it.

        Args:
            what: Of which budget: ``text``, ``codes``, ``replies``, ``questions``.
            day: On which day.
            owner: A follower's id, or `ALL`.
            amount: How much.
            limit: How much in all that day.
            cause: What it is spent for; the same cause does not spend twice in a row. Empty for no such check.

        Returns:
            How much is spent with it; None where it is not, since the limit is reached or the cause is the last one's.
        """
        if amount > limit:
            return None
        try:
            answer = self._client.update_item(**self._spend(what, day, owner, amount, limit, cause))
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return int(answer["Attributes"]["count"]["N"])

    def give_back(self, what: str, day: Day, owner: str, amount: int) -> None:
        """Undo a `spend` for what was certainly not sent."""
        self._client.update_item(
            TableName=self._table,
            Key=_key(what, day, owner),
            UpdateExpression="ADD #count :amount",
            ExpressionAttributeNames={"#count": "count"},
            ExpressionAttributeValues={":amount": {"N": str(-amount)}},
        )

    def _spend(self, what: str, day: Day, owner: str, amount: int, limit: int, cause: str) -> dict[str, Any]:
        values = {
            ":amount": {"N": str(amount)},
            ":rest": {"N": str(limit - amount)},
            ":ttl": {"N": str(int(day.ends) + _KEPT_SECONDS)},
        }
        update, condition = "SET #ttl = :ttl", "(attribute_not_exists(#count) OR #count <= :rest)"
        if cause:
            values[":cause"] = {"S": cause}
            update += ", cause = :cause"
            condition += " AND (attribute_not_exists(cause) OR cause <> :cause)"
        return {
            "TableName": self._table,
            "Key": _key(what, day, owner),
            "UpdateExpression": f"{update} ADD #count :amount",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#count": "count", "#ttl": "ttl"},
            "ExpressionAttributeValues": values,
            "ReturnValues": "UPDATED_NEW",
        }


def _key(what: str, day: Day, owner: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in key(f"spent#{what}#{day.name}", owner).items()}
