"""The edge of the endpoint: whatever happens, a stranger gets an answer, and one that tells nothing of us."""

from traceback import walk_tb
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.audience_api.api import Api
from lambdas.audience_api.problem import Problem, unavailable
from lambdas.audience_api.rendering import Renderer
from lambdas.audience_api.request import Request
from lambdas.audience_api.routes import answer_to
from lambdas.followers.store import BusyError


def respond(request: Request, api: Api, renderer: Renderer) -> tuple[dict[str, Any], str]:
    """The response to a request, and for the log what was wrong with us."""
    try:
        return renderer.answered(answer_to(request, api), request), ""
    except Problem as problem:
        return renderer.refused(problem, request), ""
    except (BotoCoreError, ClientError, BusyError) as away:
        return renderer.refused(unavailable(), request), _whereabouts(away)
    except Exception as bug:
        return renderer.refused(Problem(500, "failed"), request), _whereabouts(bug)


def _whereabouts(error: Exception) -> str:
    """An error's type and place: its text may hold what a stranger sent."""
    *_, (frame, line) = walk_tb(error.__traceback__)
    return f"{type(error).__name__} in {frame.f_globals.get('__name__')}:{line}"
