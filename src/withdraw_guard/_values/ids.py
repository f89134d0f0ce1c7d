"""One type per kind of identifier and one per kind of name.

An *identifier* is the host's and is compared, never read. A *name* is a word of the domain
(`[a-z][a-z0-9_]*`) that policies and events must spell alike. All are plain strings at run time.
"""

from __future__ import annotations

from typing import NewType

AccountId = NewType("AccountId", str)
"""An account of the host."""
ActorId = NewType("ActorId", str)
"""Somebody who decides: a reviewer, an administrator, or the name of a machine."""
DestinationId = NewType("DestinationId", str)
"""Where money may go: an address, a bank account, a payee."""
EventId = NewType("EventId", str)
"""An event. The host promises that it is unique per account and hold."""
HoldId = NewType("HoldId", str)
"""A hold: `<event id>:<rule id>`, with `#2`, `#3`, … where the account already has that one."""
PolicyId = NewType("PolicyId", str)
"""A policy."""
RuleId = NewType("RuleId", str)
"""A rule, unique in its policy."""
Version = NewType("Version", str)
"""The version of a policy, in whatever form the host chooses."""

Authority = NewType("Authority", str)
"""Who may release a hold: an office that the host grants to people, such as `support`."""
Document = NewType("Document", str)
"""A document that an appeal may require."""
Method = NewType("Method", str)
"""A way of verifying who somebody is."""
Operation = NewType("Operation", str)
"""Something that an account holder does with money, and that a hold may stop."""
PublicReason = NewType("PublicReason", str)
"""What an account holder is told about why a hold was placed."""
Reason = NewType("Reason", str)
"""Why a verification failed, a review was rejected or an appeal was dismissed."""
Tip = NewType("Tip", str)
"""Advice that helps a verification to succeed."""
Trigger = NewType("Trigger", str)
"""The kind of a security event: what a rule listens to."""
