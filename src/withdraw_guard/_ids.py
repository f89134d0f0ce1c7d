"""One type per kind of identifier and one per kind of name.

An *identifier* is the host's and is compared, never read. A *name* is a word of the domain
(`[a-z][a-z0-9_]*`) that policies and events must spell alike. All are plain strings at run time.
"""

from __future__ import annotations

from typing import NewType

AccountId = NewType("AccountId", str)
ActorId = NewType("ActorId", str)
EventId = NewType("EventId", str)
HoldId = NewType("HoldId", str)
PolicyId = NewType("PolicyId", str)
RuleId = NewType("RuleId", str)
Version = NewType("Version", str)

Authority = NewType("Authority", str)
Document = NewType("Document", str)
Method = NewType("Method", str)
Operation = NewType("Operation", str)
Reason = NewType("Reason", str)
Tip = NewType("Tip", str)
Trigger = NewType("Trigger", str)
