"""Everything that is not a yes, as a problem document after RFC 9457."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from guard.accounts import NotKnown, Overtaken
from guard.payouts import NoSuchPayout
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from shop.senders import NotGenuine
from withdraw_guard import Denied, EventRefused, InvalidValue
from withdraw_guard.messages import CATALOGUE
from withdraw_guard.problem import BASE, MEDIA_TYPE, problem_of, retry_after

LOG = logging.getLogger("shop")
Handler = Callable[[Request, Exception], Awaitable[JSONResponse]]


class Forbidden(Exception):
    """This member of staff may not do that."""


def languages_of(request: Request) -> list[str]:
    """Return what the browser asks for; the catalogue skips what it does not have."""
    return [part.partition(";")[0].strip() for part in request.headers.get("Accept-Language", "en").split(",")]


def denial(request: Request, denied: Denied) -> JSONResponse:
    """Say why, until when and what to do, in a language of the account holder."""
    languages = languages_of(request)
    body = problem_of(denied, languages=languages)
    seconds = retry_after(denied)
    headers = {"Content-Language": CATALOGUE.lookup(languages)[0]}
    headers |= {} if seconds is None else {"Retry-After": str(seconds)}
    return JSONResponse(body, body["status"], headers, MEDIA_TYPE)


async def refused(request: Request, error: Exception) -> JSONResponse:
    """Say why an event cannot be applied."""
    if not isinstance(error, EventRefused):
        raise error
    body = problem_of(error, languages=languages_of(request))
    return JSONResponse(body, body["status"], media_type=MEDIA_TYPE)


def _plain(status: int, kind: str, title: str, *, shows: bool = False, seconds: int | None = None) -> Handler:
    """Return a handler for what has no document of its own; the error is for our log only, unless it shows."""

    async def handler(request: Request, error: Exception) -> JSONResponse:
        LOG.log(logging.ERROR if status in (403, 500, 503) else logging.INFO, "%s %s: %r", status, request.url, error)
        body: dict[str, Any] = {"type": BASE + kind, "title": title, "status": status}
        body |= {"detail": str(error)} if shows else {}
        headers = None if seconds is None else {"Retry-After": str(seconds)}
        return JSONResponse(body, status, headers, MEDIA_TYPE)

    return handler


def add_to(app: FastAPI) -> None:
    """Tell the app what to answer where something is raised. Whatever raised, nothing was sent."""
    look_into_it = "We cannot say yet whether you may withdraw. We have been told, and will look into it."
    later = _plain(503, "unavailable", "We cannot answer at the moment. Nothing was lost; please try again.", seconds=5)
    handlers: dict[type[Exception], Handler] = {
        EventRefused: refused,
        NotKnown: _plain(403, "contact-support", look_into_it),
        Overtaken: later,
        OperationalError: later,
        InterfaceError: later,
        NoConnection: later,
        TimeoutError: _plain(504, "unclear", "The bank has not answered. We will ask it, and never send twice."),
        NotGenuine: _plain(401, "not-genuine", "The message is not genuine.", shows=True),
        Forbidden: _plain(403, "not-authorized", "You may not do that.", shows=True),
        InvalidValue: _plain(422, "invalid", "What was sent cannot be read.", shows=True),
        RequestValidationError: _plain(422, "invalid", "What was sent cannot be read.", shows=True),
        NoSuchPayout: _plain(404, "not-found", "There is no such payout."),
        IntegrityError: _plain(409, "conflict", "It is there already, or its account is missing."),
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
