"""A parameter nobody knows is refused: a slip of the pen must not look like an answer to what was meant."""

from fastapi import Request
from fastapi.routing import APIRoute

from core.api.problems import invalid


def only_known_parameters(request: Request) -> None:
    """Dependency of every endpoint; raises ``Problem`` naming the parameter."""
    route = request.scope.get("route")
    assert isinstance(route, APIRoute)
    known = [field.alias for field in route.dependant.query_params]
    unknown = next((name for name in request.query_params if name not in known), None)
    if unknown is not None:
        there = f"There are: {', '.join(known)}." if known else "This address takes none."
        raise invalid(unknown[:100], f"There is no such parameter. {there}")
