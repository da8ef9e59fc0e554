"""How a resource of each type is made by its service's own API.

CloudFormation's properties are mostly the API's parameters; here is what is not so. Whatever a creator passes on, botocore
and moto check: a property that the API does not know is refused.
"""

from typing import Final

from tests.second_opinion.creators import functions, messages, stores, watching, web
from tests.second_opinion.creators.resource import Creators

CREATORS: Final[Creators] = {
    **functions.CREATORS,
    **messages.CREATORS,
    **stores.CREATORS,
    **watching.CREATORS,
    **web.CREATORS,
}
