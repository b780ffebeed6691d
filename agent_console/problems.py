"""What a program is told when something is refused: problem details, RFC 9457."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

PROBLEM_TYPE = "application/problem+json"


def problem(
    status: int, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: object
) -> web.Response:
    """Say what is wrong: the status in words, what came and what was expected, and what a program can use."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, **more}
    answer = web.json_response(
        {**told, "detail": detail} if detail else told, status=status, content_type=PROBLEM_TYPE
    )
    answer.headers.update(headers or {})
    return answer
