"""Write what in the docs is made: the reference, the pictures, the page about speed.

    python docs/make_pages.py        writes the pages and `examples/*.svg` beside this file

`pages()` makes them without writing anything; a test compares them with what is in the repository. Nothing is random,
and nothing reads the clock.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import reference_pages as reference
from clauses_page import clauses_page
from gallery_pages import gallery_pages
from intake_page import intake_pages
from page_pictures import charts, timelines
from refusal_pages import refusal_pages
from speed_page import speed_page
from testing_page import testing_page
from words_pages import told_pages

from withdraw_guard import policies, wire
from withdraw_guard.diagram import (
    History,
    history_of,
    policy_as_markdown,
    policy_as_mermaid,
    table_as_markdown,
    table_as_mermaid,
    timeline_as_svg,
)

DOCS = Path(__file__).parent
TESTS = DOCS.parent / "tests"
JOURNAL = DOCS / "examples" / "journal.jsonl"

# Each account with the instant at which it is looked at.
TIMELINES = {
    "whole-road": datetime(2026, 1, 16, 12, tzinfo=UTC),
    "takeover": datetime(2026, 1, 16, 18, tzinfo=UTC),
}

TRANSITIONS = """\
# The transitions

<!-- Made by docs/make_pages.py: change the code and run it again. -->

Where a hold stands, what may happen to it there, and where that leads.
A move that is not in a row is refused with `wrong_state`.
The conditions of each move are in [the rulebook](rulebook.md).

{table}
A hold without a clearance stays *suspended* and has only `released`.
A started verification that lapses reads as *suspended* again; nothing happens then, so it is no move.
A hold that was cleared while its timer still runs is *restored* here and reads as *suspended*.

```mermaid
{table_picture}```

## The policy `{policy_id}`, version `{policy_version}`

{policy}
```mermaid
{policy_picture}```

## Two accounts of the example journal

`withdraw-guard timeline` draws such a picture of any account.
The band says when a withdrawal was allowed, and each lane is one hold.

{timelines}"""


def pages() -> dict[Path, str]:
    """Return what each page has to say, by its path."""
    pictures = {picture(account): timeline_as_svg(history(account, now)) for account, now in TIMELINES.items()}
    made = {
        "transitions.md": transitions(),
        **dict(refusal_pages()),
        **dict(reference.events_pages(JOURNAL)),
        **dict(reference.command_line_pages()),
        "laws.md": reference.laws_page(TESTS),
        "clauses.md": clauses_page(),
        "limits.md": reference.limits_page(),
        "glossary.md": reference.glossary_page(),
        "bench/speed.md": speed_page(),
        **dict(intake_pages()),
        "testing.md": testing_page(),
        **dict(told_pages()),
        **dict(gallery_pages()),
    }
    pictures |= {DOCS / "examples" / name: drawn for name, drawn in (*timelines().items(), *charts().items())}
    return {**{DOCS / name: text for name, text in made.items()}, **pictures}


def transitions() -> str:
    policy = policies.BINANCE
    return TRANSITIONS.format(
        table=table_as_markdown(),
        table_picture=table_as_mermaid(),
        policy_id=policy.id,
        policy_version=policy.version,
        policy=policy_as_markdown(policy),
        policy_picture=policy_as_mermaid(policy),
        timelines="\n".join(
            f"![What happened to the account {account}](examples/{picture(account).name})\n" for account in TIMELINES
        ),
    )


def picture(account: str) -> Path:
    return DOCS / "examples" / f"timeline-{account}.svg"


def history(account: str, now: datetime) -> History:
    """What the journal said about the account at that instant."""
    events = (wire.event_from_dict(wire.parse(line)) for line in JOURNAL.read_text("utf-8").splitlines())
    so_far = [event for event in events if event.account == account and event.at <= now]
    return history_of(policies.BINANCE, account, so_far, now=now)


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
