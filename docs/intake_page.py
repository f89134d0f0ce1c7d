"""The page about sources: for each source and status, what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator

from reference_pages import page, table

from withdraw_guard.intake import SOURCES, Form, Line, Says, Source, Unit, sumsub

BECOMES = {
    Says.EVENT: "the event that it carries",
    Says.WAITS: "nothing; `MoreRequested`, if something is in review",
    Says.HANDED_IN: "`VerificationSubmitted`",
    Says.AGAIN: "`MoreRequested`",
    Says.APPROVED: "`ReviewDecided`, approved",
    Says.REJECTED: "`ReviewDecided`, rejected",
    Says.CLOSED: "`ReviewDecided`, rejected for good",
    Says.ENDED: "`VerificationFailed`; a rejection, if something is in review",
}
INTRODUCTION = """\
What `withdraw_guard.intake` makes of each message, source by source.
The first row that fits is used.
A word without a row is ignored, with a reason.

A verdict brings the submission before it, if nobody reported one.
After a pass, a later *try again* or rejection of the same session takes it back.
Then `IdentityChanged` ends the identity, and the trigger `verification_revoked` is reported.
[How to use the sources](howto/vendor-webhooks.md)."""


STREAMS = ("signals", "cloudevents", "debezium", "outbox", "keycloak")


def intake_pages() -> Iterator[tuple[str, str]]:
    """What becomes of the messages of identity providers and streams, and of those of verification vendors."""
    sources = [*(source for source in SOURCES if not source.strict), sumsub("your-level")]
    streams, vendors = (
        [part(source) for source in sources if (source.id in STREAMS) is stream] for stream in (True, False)
    )
    more = "[The verification vendors](intake-vendors.md) have a page of their own."
    toctree = "```{toctree}\n:hidden:\n\nintake-vendors\n```"
    yield "intake.md", page("What becomes of a message", INTRODUCTION, more, *streams, toctree)
    yield "intake-vendors.md", page("What becomes of a message of a vendor", "[How it is read](intake.md).", *vendors)


def part(source: Source) -> str:
    rows = [(words(source, line), conditions(line), becomes(line)) for line in source.lines]
    heads = (f"`{source.word or 'message'}`", "and", "what becomes of it")
    facts = "".join(f"- {fact}\n" for fact in facts_of(source))
    return "\n\n".join(filter(None, [f"## `{source.id}`", f"{source.documented}.", facts.strip(), table(heads, rows)]))


def facts_of(source: Source) -> Iterator[str]:
    if source.form is Form.SECURITY_EVENT_TOKEN:
        yield "Id: the issuer and `jti`. Instant: `event_timestamp`, else `toe`, else `iat`."
        yield "The types of events stand here without `https://schemas.`."
        yield "`signals-strict` has the same rows, and reads no token that deviates."
    if source.event_id:
        yield f"Id: {listed(source.event_id)}."
    if source.at or source.dated_by_receipt:
        yield f"Instant: {instant(source)}."
    if source.session:
        yield f"Session: `{source.session}`."
    if source.only:
        only = "; ".join(f"`{path}` is {listed(texts, ' or ')}" for path, texts in source.only.items())
        yield f"Only if {only}."


def instant(source: Source) -> str:
    unit = "" if source.unit in (Unit.RFC3339, Unit.TEXT) else f" in {source.unit}"
    told = [f"`{path}`{unit}" for path in source.at] + ["the receipt"] * source.dated_by_receipt
    return ", else ".join(told)


def words(source: Source, line: Line) -> str:
    return listed(tuple(word.removeprefix("https://schemas.") for word in line.words)) if source.word else "any"


def conditions(line: Line) -> str:
    return "; ".join(f"`{path}` is {meant(texts)}" for path, texts in line.when.items())


def meant(texts: tuple[str, ...]) -> str:
    return " or ".join({"": "not there", "*": "there"}.get(text, f"`{text}`") for text in texts)


def listed(texts: tuple[str, ...], joint: str = ", ") -> str:
    return joint.join(f"`{text}`" for text in texts)


def becomes(line: Line) -> str:
    if line.says is Says.IGNORED:
        return f"ignored: {line.why}"
    if line.says is Says.SECURITY_EVENT:
        return f"`{line.trigger}`" + (f"; deviation `{line.deviation}`" if line.deviation else "")
    return BECOMES[line.says]
