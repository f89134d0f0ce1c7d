"""The commands, each in a few words for the help. The command `way-out` is in the module `_way_out`."""

from typing import Final

COMMANDS: Final = {
    "replay": "tell what happened to the accounts of a journal, and whether they may withdraw",
    "timeline": "draw what happened to one account of a journal",
    "explain": "tell an account holder in their language what holds a withdrawal",
    "way-out": "tell how an account may withdraw again, who must act, and from when",
    "overdue": "list late reviews and appeals, parked accounts, and holds that only an authority ends",
    "convert": "read messages of another shape, and print events",
    "policies": "list the published policies, or print one",
    "new-policy": "print a policy to begin with, or write it to a file",
    "check-policy": "check policies and summarise them, or say all that is wrong",
    "fmt": "write policies in the canonical form",
    "calendar": "make the business days of a zone, for a policy that counts them",
    "schema": "print the JSON Schema of a document",
    "test-policy": "tell the stories of a policy, and say what none of them covers",
    "lint": "find parts of a policy that never matter, never finish or never open",
    "prove": "prove or refute what a policy promises",
    "diff": "say where another policy is looser or stricter",
    "backtest": "say which payouts another policy would have blocked or let through",
}
