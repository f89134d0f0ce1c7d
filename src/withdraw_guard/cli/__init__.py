"""The command line: replay or draw a journal, answer for an account, check, test, lint, prove or compare policies.

    withdraw-guard replay JOURNAL.jsonl [--policy POLICY] [--account ID …] [--at INSTANT [--knowing-all]]
                          [--from INSTANT] [--until INSTANT] [--destination ID] [--skip-unreadable]
                          [--fail-if unmatched] [--summary] [--json]
    withdraw-guard timeline JOURNAL.jsonl --account ID [--policy POLICY] [--at INSTANT [--knowing-all]]
                          [--destination ID] [--only-changes] [--svg FILE.svg | --mermaid | --json]
    withdraw-guard explain JOURNAL.jsonl --account ID [--policy POLICY] [--at INSTANT [--knowing-all]]
                          [--destination ID] [--lang TAG] [--zone NAME] [--staff] [--json]
    withdraw-guard way-out JOURNAL.jsonl --account ID [--policy POLICY] [--at INSTANT [--knowing-all]]
                          [--destination ID] [--authority NAME … | --no-authority] [--json]
    withdraw-guard overdue JOURNAL.jsonl [--policy POLICY] [--at INSTANT [--knowing-all]] [--json]
    withdraw-guard convert FILE --map SOURCE [--account ID] [--zone NAME] [--csv]
    withdraw-guard policies [NAME] [--json]
    withdraw-guard new-policy [FILE] [--yaml]
    withdraw-guard check-policy POLICY … [--json | --github]
    withdraw-guard fmt FILE … [--check]
    withdraw-guard calendar --zone ZONE --from DATE --to DATE [--holidays FILE] [--weekdays DAYS]
    withdraw-guard schema KIND
    withdraw-guard test-policy POLICY … [--stories FILE …] [--fail-if broken|uncovered] [--fuzz N] [--json]
    withdraw-guard lint POLICY [--fail-if note|warning|error] [--ignore CODE[:RULE] …] [--at INSTANT]
                      [--json | --markdown | --github]
    withdraw-guard prove POLICY [--authority NAME …] [--no-authority] [--states N]
                      [--json | --markdown | --github]
    withdraw-guard diff OLD NEW [--fail-if looser|stricter|different …] [--accept RULE[:looser|stricter] …]
                      [--json | --markdown | --github]
    withdraw-guard backtest OLD NEW --events FILE … --payouts FILE … [--as nothing|median|never] [--sample N]
                      [--fail-if CONDITION …] [--json | --csv | --markdown | --html FILE.html]
    withdraw-guard --version

A POLICY is a file, in JSON or YAML, or the name of a published policy; `-` reads standard input. Without `--policy`
it is what the variable `WITHDRAW_GUARD_POLICY` says, or else `binance`. `policies` lists the published ones with the
grades of their sources. `policies NAME` prints one in the wire format, as a start for your own file.

Standard output has results and nothing else; counts, warnings and faults go to standard error. A terminal gets colours,
lines in its width and a bar that moves while a long file is read. With the variable `NO_COLOR` there are no colours.

A journal has one event in the wire format per line, of any number of accounts, in the order of arrival; `-` reads
it from standard input. For each account the replay tells what happened, what the guard made of it, what changed by
itself in between, and whether a withdrawal is allowed at `--at`. With `--destination` the question is about a
withdrawal to that destination; without it, about a withdrawal that names no destination. `--account` limits the replay
to these accounts; if it is one, the replay says how to draw it.

The answer is as of `--at`. An event that happened later is left out and counted, wherever it stands in the journal;
an event that happened by then is used, even if it was delivered later. With `--knowing-all` every event is used: the
question is still about `--at`, and the answer knows the whole journal. Without `--at` the question is about now and
every event is used, also an event that is dated ahead. A line that cannot be read always counts, because its instant
is not known.

`--from` and `--until` choose what is told and counted: what happened from `--from` on and before `--until`. The answer
also uses what happened before. Without `--at` the answer is as of `--until`. `--summary` prints totals only.

An event that no rule listens to is *unmatched*: it is counted with its trigger, because the name may be misspelt. With
`--fail-if unmatched` it also makes the exit status 1. A hold that had ended before the previous event of its account is
warned about, because its instant may be in another unit or zone.

A line that cannot be read may have been a security event. The same is true of an event that the policy can never
apply: it chooses a duration that is not offered, or a business day that the calendar does not reach. An account with
such a line is denied and gets no other answer. The first twenty of such faults go to standard error, with their lines
and the paths inside them; if there are more, a table counts them by kind. Refused events are counted by reason in the
same way. If a line does not say which account it is about, it may be about any account: then every account is denied.
With `--skip-unreadable` the replay answers as if such lines were about nothing, and says how many it skipped. Such an
answer is an analysis, and no withdrawal may rest on it.

A timeline is a picture of what happened to one account until `--at`, and of what follows if nothing else happens: a
Mermaid gantt chart on standard output, or an SVG file. It leaves out the same events as a replay. If a line could not
be read, no part of the picture says allowed. `explain` says what the account holder sees, `way-out` how the account may
withdraw again. Both say nothing if a line that may be about the account could not be read. `overdue` lists what waits
for somebody of the operator.

`test-policy` tells the stories of a policy, which are in the file POLICY.stories.json or .yaml beside it, or shipped
with a published one. It says what is not as they expect, and which points of the policy none of them covers; the page
about policy tests has the format. Its exit status is 0 if every story is as expected; 1 if one is broken, if a law is
broken (`--fuzz`), or with `--fail-if uncovered` if a point is not covered; 2 if a file cannot be read. With `--json`
there is one JSON object per policy, on a line of its own.

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
object whose journals are in the wire format. `diff` fails only for what `--fail-if` names: `--fail-if looser` gives 0
if looser is ruled out and stricter is not known. `--accept` lets the change of a rule pass, and `--fail-if` goes by
what is left. `--ignore` accepts a finding, and so does a line of the file POLICY.ignore beside the policy. `--github`
prints lines that GitHub shows beside the file.
"""

from withdraw_guard.cli._main import main

__all__ = ["main"]
