"""Two public answers describe the service: `/about` for the first page, and the schema as a file."""

import hashlib
from functools import cache
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from api.graphql.root import printed
from models import business_date
from settings import VERSION, Settings
from telemetry import probe


class About:
    """The handlers of `/about` and `/schema.graphql`. One instance serves the whole process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def about(self, _: Request) -> JSONResponse:
        """The version, business date, enabled parts and lender. The date is null while PostgreSQL does not answer."""
        settings, lender = self._settings, self._settings.lender()
        officer = lender.grievance_officer
        day = await probe("database", lambda: business_date.current(settings.calendar_date(), settings.sandbox))
        return JSONResponse(
            {
                "name": "kist",
                "version": VERSION,
                "businessDate": day.isoformat() if day else None,
                "sandbox": settings.sandbox,
                "explorer": settings.explorer,
                "console": settings.console,
                "rest": settings.rest,
                "schema": settings.introspection,
                # Tokens signed with HS256 have no public key.
                "keys": settings.signing_algorithm != "HS256",
                "lender": {
                    "name": lender.name,
                    "supportPhone": lender.support_phone,
                    "grievanceOfficer": officer and officer._asdict(),
                },
            }
        )

    async def schema(self, request: Request) -> Response:
        """The schema as it is checked in, for code generators that need a file; 304 if the client has this version."""
        text, tag = _schema()
        known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
        headers = {"Cache-Control": "no-cache", "ETag": tag}
        if tag in known or "*" in known:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return PlainTextResponse(text, headers=headers)


@cache
def _schema() -> tuple[str, str]:
    """The text and its ETag."""
    text = printed()
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
