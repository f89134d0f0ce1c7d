"""Pages for hosts: without a line that keeps a promise an example fails, and hosts have the lines that are shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from withdraw_guard import InvalidValue

GATE, PARK = "gate-the-payout.md", "unreadable-event.md"

# What the page says: the line that keeps it, and the line of a host that does not.
KEPT_BY = {
    GATE: {
        "`send` says whether it let the money go": ("is_sent=is_ours", "is_sent=bool(answer)"),
        "a payout leaves once": ('is_ours = state == "requested" and bool(answer)', "is_ours = bool(answer)"),
        "the question is asked when the payout leaves": (
            'is_ours = state == "requested" and bool(answer)',
            'is_ours = state == "requested"',
        ),
        "the mark is committed before the money is sent": (
            "    # Between the mark",
            "        if is_ours:\n            broadcast(payout_id)\n    # Between the mark",
        ),
        "the transaction is the outermost one": (
            '    db.execute("begin immediate")',
            '    if db.in_transaction:\n        yield\n        return\n    db.execute("begin immediate")',
        ),
        "the change and its event commit together": (
            "        change()\n        save(apply",
            "        pass\n    change()\n    with transaction():\n        save(apply",
        ),
        "a late event may mean that money is gone": (
            "return [payout_id for (payout_id,) in left]",
            "return []",
        ),
        "the lease is longer than the time-out of the rail": ("LEASE = timedelta(minutes=15)", "LEASE = timedelta(0)"),
        "what is leaving is asked about at the rail": ("if is_known_at_the_rail(payout_id):", "if False:"),
        "back to requested only where the rail takes the payout id as a key": (
            'state = "requested" if is_idempotent else "unclear"',
            'state = "requested"',
        ),
        "two workers may recover at the same time": (
            "set state = 'unclear' where id = ? and state = 'leaving' and leaving_at = ?",
            "set state = 'unclear' where id = ? and ? is not null",
        ),
        "a sender looks once more right before the money": (
            "if is_ours and (is_ours := is_still_ours(payout_id, at, clock() if clock else at)):",
            "if is_ours and (clock is None or clock()):",
        ),
        "under its own mark": (
            "where id = ? and state = 'leaving' and leaving_at = ?\"\n    return",
            'where id = ? and ? is not null"\n    return',
        ),
        "within its lease": ("return now < marked_at + LEASE and db", "return db"),
        "a person waits for two leases": ("(now - 2 * LEASE).timestamp()", "(now - LEASE).timestamp()"),
    },
    PARK: {
        "what cannot be read is never skipped": ("self.parked[account_id] = [text]", "pass"),
        "what comes after it waits as well": ("if account_id in self.parked:", "if False:"),
        "an event about an unknown matter denies": ("account_id not in self.parked and bool", "bool"),
        "only the facts that a rule asks for": ("for name in ASKED_FOR if name in report", "for name in report"),
        "a fact that does not fit is left out": ("context=Facts.clipped(browser)", "context=browser"),
        "an instant of a stranger is no later than its receipt": (
            "return not_after(event, received_at)",
            "return event",
        ),
    },
}


def code_of(page: str) -> str:
    text = (Path(__file__).parents[1] / "docs" / "howto" / page).read_text("utf-8")
    return "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))


def run_page(code: str) -> None:
    exec(code, {"__name__": "__main__"})  # noqa: S102 (a page of this repository)


@pytest.mark.parametrize("page", KEPT_BY)
def test_the_examples_of_the_page_pass(page: str) -> None:
    run_page(code_of(page))


@pytest.mark.parametrize(("page", "said"), [(page, said) for page, table in KEPT_BY.items() for said in table])
def test_an_example_of_the_page_fails_without(page: str, said: str) -> None:
    line, without = KEPT_BY[page][said]
    code = code_of(page)
    assert code.count(line) == 1
    with pytest.raises((AssertionError, InvalidValue, pytest.fail.Exception)):
        run_page(code.replace(line, without))


@pytest.mark.parametrize("host", ["django_allauth", "fastapi_postgres"])
def test_the_ten_lines_of_the_page_about_webhooks_are_those_of_each_host(host: str) -> None:
    docs = Path(__file__).parents[1] / "docs"
    first = re.findall(r"```python\n(.*?)```", (docs / "howto" / "vendor-webhooks.md").read_text("utf-8"), re.DOTALL)[0]
    shown = (docs / "examples" / "hosts" / host / "guard" / "webhooks.py").read_text("utf-8")
    assert shown.partition('"""\n\n')[2] == first
    body = first.partition('stops no other."""\n')[2]
    assert len(body.splitlines()) <= 10
