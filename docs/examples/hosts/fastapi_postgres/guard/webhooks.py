"""What a verified message reports: the lines of the page *Map a vendor's webhooks*, the same in every host."""

from collections.abc import Callable
from datetime import datetime

from withdraw_guard import Event, EventRefused
from withdraw_guard.intake import Ignored, Reported, Resolve, Source, Unreadable, read


def receive(
    source: Source, message: object, resolve: Resolve, received_at: datetime, report: Callable[[Event], object]
) -> Ignored | Unreadable | tuple[EventRefused, ...]:
    """Report each event of a message, and return which of them were refused. One that is refused stops no other."""
    outcome, refused = read(source, message, resolve, received_at), list[EventRefused]()
    if not isinstance(outcome, Reported):
        return outcome
    for event in outcome.events:
        try:
            report(event)
        except EventRefused as refusal:
            refused.append(refusal)
    return tuple(refused)
