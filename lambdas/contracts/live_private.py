"""Private topics: those of one visitor each, which nobody else may follow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateTopics:
    """Topics that only the visitor may follow whom they are about, as a signed-in visitor's JWT tells.

    Attributes:
        beginning: How these topics begin: ``account``. What follows is the visitor: ``account/8f14e45f`` is a topic of
            the visitor whose claim is ``8f14e45f``, and so is ``account/8f14e45f/orders``.
        issuer: Who issues the tokens (OpenID Connect): ``https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc``.
        audience: For whom the tokens are: the client id.
        claim: The claim that names the visitor; of letters, digits and single hyphens, or the topic has no channel.
    """

    beginning: str
    issuer: str
    audience: str
    claim: str = "sub"
