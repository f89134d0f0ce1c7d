"""The command line: replay or draw a journal, check, lint, prove or compare policies.

    withdraw-guard replay JOURNAL.jsonl [--policy POLICY] [--account ID] [--at INSTANT [--knowing-all]]
                          [--destination ID] [--json]
    withdraw-guard timeline JOURNAL.jsonl --account ID [--policy POLICY] [--at INSTANT [--knowing-all]]
                          [--destination ID] [--svg FILE.svg | --mermaid]
    withdraw-guard convert FILE --map SOURCE [--account ID] [--csv]
    withdraw-guard policies [NAME]
    withdraw-guard new-policy [FILE] [--yaml]
    withdraw-guard check-policy POLICY … [--json]
    withdraw-guard fmt FILE … [--check]
    withdraw-guard calendar --zone ZONE --from DATE --to DATE [--holidays FILE] [--weekdays DAYS]
    withdraw-guard schema KIND
    withdraw-guard lint POLICY [--fail-if note|warning|error] [--ignore CODE[:RULE] …] [--at INSTANT]
                      [--json | --markdown | --github]
    withdraw-guard prove POLICY [--authority NAME …] [--no-authority] [--states N]
                      [--json | --markdown | --github]
    withdraw-guard diff OLD NEW [--fail-if looser|stricter|different …] [--accept RULE[:looser|stricter] …]
                      [--json | --markdown | --github]
    withdraw-guard --version

A POLICY is a file, in JSON or YAML, or the name of a published policy (default: binance). `policies` lists the
published ones with the grades of their sources: O for the site of the operator or regulator, M for a host that is not
known to be theirs, T for others. `policies NAME` prints one in the wire format, as a start for your own file.

A journal has one event in the wire format per line, of any number of accounts, in the order of arrival; `-` reads
it from standard input. For each account the replay tells what happened, what the guard made of it, what changed by
itself in between, and whether a withdrawal is allowed at `--at`. With `--destination` the question is about a
withdrawal to that destination; without it, about a withdrawal that names no destination. `--account` limits the replay
to one account, and then says how to draw it.

The answer is as of `--at`. An event that happened later is left out and counted, wherever it stands in the journal;
an event that happened by then is used, even if it was delivered later. With `--knowing-all` every event is used: the
question is still about `--at`, and the answer knows the whole journal. Without `--at` the question is about now and
every event is used, also an event that is dated ahead. A line that cannot be read always counts, because its instant
is not known.

A line that cannot be read may have been a security event. The same is true of an event that the policy can never
apply: it chooses a duration that is not offered, or a business day that the calendar does not reach. An account with
such a line is denied and gets no other answer. Each fault goes to standard error, with its line and the path inside
it. If a line does not say which account it is about, it may be about any account: then every account is denied.

A timeline is a picture of what happened to one account until `--at`, and of what follows if nothing else happens: a
Mermaid gantt chart on standard output, or an SVG file. It leaves out the same events as a replay. If a line could not
be read, no part of the picture says allowed.

With `--json` there is one JSON object per line, one for each account, in the order in which the accounts first appear:

    account            its id
    events             how many of its events were used; each of them was applied or refused
    applied            how many changed the account or were already known
    refused            the first 100 refused events: {"line", "event", "reason", "outdated"}
    refused_count      how many events were refused
    unreadable         the first 100 of its lines that could not be read or applied: {"line", "path", "problem"}
    unreadable_count   how many of its lines could not be read or applied
    unattributed_count how many unreadable lines of the journal may be about any account
    left_out_count     how many of its events were left out because they happened after `--at`
    latest_event_at    the latest instant of the events that were used, or null
    phase              the phase at `--at`, as far as its events could be read
    decision           the decision in the wire format, or null if an unreadable line may be about this account
    next_change_at     when an answer next changes by itself after `--at`, or null
    state              the account in the wire format

Exit status of `replay` and `timeline`: 0 if all events were applied, 1 if an event was refused, 2 if a line could not
be read or the command cannot be run.

`check-policy` summarises each policy on standard output. Of a file that is none, it says everything that is wrong, on
standard error: file, line and column, the path, the line itself, and what to write. Its exit status is 2 if a file is
no policy, else 0. With `--json` it prints one object per policy: `file`, `policy` (`id`, `version` and the number of
`rules`, or null) and `faults`, each with `path`, `problem`, `line`, `column` (or null), `advice` and `correction`: put
`text` in the place `from` a line and a column `to` another one.

`new-policy` prints a policy to begin with, or writes it to a new file. `fmt` writes files in the canonical form, in
which equal policies have equal texts; with `--check` it changes nothing, and its exit status is 1 if a file has
another form. A policy in YAML keeps its comments: its JSON is printed. `calendar` prints the business days of a time
zone as the member `calendar` of a policy; a file of holidays has one date a line. `schema` prints the JSON Schema of a
document.

`lint`, `prove` and `diff` are made for a pull request: `--markdown` writes a report with timelines, and `--json` one
object whose journals are in the wire format. Their exit status is 1 for a finding at least as severe as `--fail-if`
(default: error), for a promise that is refuted, or for a difference that `--fail-if` names (default: none); 3 if that
is not known, because a walk or a search was given up; 2 if the command cannot be run; else 0. `diff` fails only for
what `--fail-if` names: `--fail-if looser` gives 0 if looser is ruled out and stricter is not known. `--accept` lets the
change of a rule pass, and `--fail-if` goes by what is left. `--ignore` accepts a finding, and so does a line of the
file POLICY.ignore beside the policy. `--github` prints lines that GitHub shows beside the file.

`convert` reads messages of another shape with a source, which is the name of one of `intake.SOURCES` or a file with its
document, and prints one event in the wire format per line. The account is what the subject of the message says, or
`--account`. An instant ahead of now is clamped to now. Faults, and what is ignored, go to standard error when the file
was read: each kind once, with its first line and how often it came. The exit status is 2 if a message was unreadable,
else 0.
"""

from withdraw_guard.cli._main import main

__all__ = ["main"]
