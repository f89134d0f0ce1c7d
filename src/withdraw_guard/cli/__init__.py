"""The command line: replay or draw a journal, check, lint, prove or compare policies. The one shell of this library.

    withdraw-guard replay JOURNAL.jsonl [--policy POLICY] [--account ID] [--at INSTANT [--knowing-all]]
                          [--destination ID] [--json]
    withdraw-guard timeline JOURNAL.jsonl --account ID [--policy POLICY] [--at INSTANT [--knowing-all]]
                          [--destination ID] [--svg FILE.svg | --mermaid]
    withdraw-guard policies [NAME]
    withdraw-guard check-policy POLICY
    withdraw-guard lint POLICY [--fail-if note|warning|error] [--json | --markdown]
    withdraw-guard prove POLICY [--authority NAME …] [--no-authority] [--states N] [--json | --markdown]
    withdraw-guard diff OLD NEW [--fail-if looser|stricter|different …] [--json | --markdown]
    withdraw-guard --version

A POLICY is a file in the wire format or the name of a published one (binance, if it is left out). `policies` lists
these, with the grades of what their rules rest on: O for the site of the operator or regulator, M for a host that is
not known to be theirs, T for others. `policies NAME` prints one in the wire format, to begin a file of your own with.

A journal has one event in the wire format per line, of any number of accounts, in the order of arrival; `-` reads
it from standard input. For every account the replay tells what happened, what the guard made of it, what changed by
itself in between, and whether a withdrawal is allowed at `--at`. With `--destination` it is asked about a withdrawal
to that destination; without, about one that does not say where it goes.

The answer is as of `--at`. An event that happened later is left out and counted, wherever it stands in the journal;
an event that happened by then is used, even if it was delivered later. With `--knowing-all` every event is used: the
question is still about `--at`, and the answer knows the whole journal. Without `--at` the question is about now and
every event is used, because all of the journal is known now, also an event that is dated ahead. A line that cannot be
read always counts, because its instant is not known.

A line that cannot be read may have been a security event. So may one that the policy can never apply: it chooses a
duration that is not offered, or a business day that the calendar does not reach. An account with such a line gets no
answer but a denial, and the faults go to standard error, each with its line and the path inside it. If a line does
not even say which account it is about, it may be about any of them: then no account gets an answer but a denial.

A timeline is a picture of what happened to one account, until `--at` and from there on if nothing else happens: a
Mermaid gantt chart on standard output, or an SVG file. It leaves out what a replay leaves out. Where a line could
not be read, nothing in it reads as allowed.

With `--json` there is one JSON object per line and account, in the order in which the accounts first appear:

    account            its id
    events             how many of its events were used; each of them was applied or refused
    applied            how many changed it or were known already
    refused            the first 100 that were refused: {"line", "event", "reason", "outdated"}
    refused_count      how many were refused
    unreadable         the first 100 of its lines that could not be read or applied: {"line", "path", "problem"}
    unreadable_count   how many could not be read or applied
    unattributed_count how many unreadable lines of the journal may be about any account
    left_out_count     how many of its events are left out because they happened after `--at`
    latest_event_at    the latest instant at which an event that is used happened, or null
    phase              the phase at `--at`, as far as its events could be read
    decision           the decision in the wire format, or null if one of these lines may be about this account
    next_change_at     when some answer changes by itself after `--at`, or null
    state              the account in the wire format

Exit status: 0 all events applied, 1 some refused, 2 some line unreadable or the command unusable.

`lint`, `prove` and `diff` are made for a pull request: `--markdown` writes a report with timelines, and `--json` one
object whose journals are in the wire format. Their exit status: 1 for a finding at least as severe as `--fail-if`
(error, if left out), for a promise that is refuted, or for a difference that `--fail-if` names (none, if left out);
3 if that is not known, because a walk or a search was given up; 2 if the command is unusable; else 0. What `diff` is
not asked about is no reason to fail: 0 for `--fail-if looser` where looser is ruled out and stricter is not known.
"""

from withdraw_guard.cli._main import main

__all__ = ["main"]
