"""The command `convert`: JSON lines, JSON arrays and CSV of other shapes become events, one a line."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from withdraw_guard import wire
from withdraw_guard.intake import SIGNALS, source_to_dict

Run = Callable[..., tuple[int, str, str]]

UPDATED = {"id": "u1", "time": 1767603600123, "type": "UPDATE_PASSWORD", "userId": "a1", "realmId": "r"}
EXPORT = {
    "schema": "withdraw-guard/source/1",
    "id": "export",
    "documented": "our export",
    "event_id": ["Time", "Operation"],
    "at": ["Time"],
    "unit": "text",
    "zone": "+01:00",
    "word": "Operation",
    "lines": [{"words": ["Change password"], "says": "security_event", "trigger": "password_changed"}],
}


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def events_of(out: str) -> list[Any]:
    return [wire.event_from_dict(wire.parse(line)) for line in out.splitlines()]


def test_json_lines_become_events_and_faults_are_grouped(run: Run, tmp_path: Path) -> None:
    lines = [UPDATED, {**UPDATED, "id": "u2", "type": "LOGIN"}, {**UPDATED, "id": "u3", "type": "LOGIN"}]
    text = "\ufeff" + "\n".join(map(json.dumps, lines)) + '\n\n{"id": 1\n{"id": 2\n'
    status, out, err = run("convert", written(tmp_path, "k.jsonl", text), "--map", "keycloak")
    assert status == 2
    assert [event.id for event in events_of(out)] == ["u1"]
    assert err.splitlines() == [
        "withdraw-guard: 2 messages ignored, first in line 2: `LOGIN` is not a word that `keycloak` documents",
        "withdraw-guard: 2 messages unreadable, first in line 5: must be JSON: expecting ',' delimiter at column 9",
        "withdraw-guard: 1 event, 2 ignored, 2 unreadable messages",
    ]


def test_csv_with_local_times_becomes_events(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path, "export.json", json.dumps(EXPORT))
    text = "\ufeffTime,Operation,Status\n2026-01-05 10:00:00,Change password,Success,more\n2026-01-05 11:00:00\n"
    status, out, err = run("convert", written(tmp_path, "a.CSV", text), "--map", source, "--account", "a7")
    assert status == 0
    (event,) = events_of(out)
    assert (event.account, wire.to_dict(event)["at"]) == ("a7", "2026-01-05T09:00:00Z")
    assert "1 message ignored, first in line 3: `` is not a word" in err


def test_csv_that_cannot_be_read_is_a_fault(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path, "export.json", json.dumps(EXPORT))
    text = "Time,Operation\n2026-01-05 10:00:00," + "x" * 140_000 + "\n"
    status, out, err = run("convert", written(tmp_path, "rows.txt", text), "--map", source, "--csv")
    assert (status, out) == (2, "")
    assert "must be CSV: field larger than field limit" in err


def test_an_array_becomes_events(run: Run, tmp_path: Path) -> None:
    array = json.dumps([UPDATED, {**UPDATED, "id": "u2"}], indent=1)
    status, out, _ = run("convert", written(tmp_path, "array.json", array), "--map", "keycloak")
    assert status == 0
    assert [event.id for event in events_of(out)] == ["u1", "u2"]
    status, out, err = run("convert", written(tmp_path, "array.json", array[:-1]), "--map", "keycloak")
    assert (status, out) == (2, "")
    assert "1 message unreadable, first in line 1: must be JSON" in err


def test_standard_input_is_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(UPDATED).encode())))
    status, out, _ = run("convert", "-", "--map", "keycloak")
    assert status == 0
    assert [event.account for event in events_of(out)] == ["a1"]


@pytest.mark.parametrize(
    ("subject", "account"),
    [
        ({"format": "iss_sub", "iss": "https://idp.example", "sub": "a1"}, "a1"),
        ({"format": "complex", "user": {"format": "email", "email": "a@example.com"}}, "a@example.com"),
        ({"format": "aliases", "identifiers": [{"format": "opaque", "id": "a1"}]}, None),
    ],
)
def test_the_account_is_what_the_subject_says(run: Run, tmp_path: Path, subject: Any, account: str | None) -> None:
    events = {"https://schemas.openid.net/secevent/risc/event-type/account-enabled": {}}
    token = {"iss": "https://idp.example", "jti": "1", "iat": 1767603600, "sub_id": subject, "events": events}
    source = written(tmp_path, "signals.json", json.dumps(source_to_dict(SIGNALS)))
    status, out, err = run("convert", written(tmp_path, "t.jsonl", json.dumps(token)), "--map", source)
    assert [event.account for event in events_of(out)] == ([] if account is None else [account])
    assert (status == 2) == (account is None)
    assert ("subject: must belong to an account that is known" in err) == (account is None)


def test_a_source_that_makes_no_sense_is_named(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path, "export.json", json.dumps({**EXPORT, "unit": "hours"}))
    status, out, err = run("convert", source, "--map", source)
    assert (status, out) == (2, "")
    assert f"{source}: unit: must be one of" in err


# ── Local times ──────────────────────────────────────────────────────────────────────────────────────────────────

LOCAL = """\
Time,Operation
2026-01-05 10:00:00,Change password
2025-07-05T10:00:00.25,Change password
2025-03-30 02:30:00,Change password
2025-10-26 02:30:00,Change password
2025-07-05 10:00:00+03,Change password
2025-02-30 10:00:00,Change password
,Change password
"""


def test_local_times_are_those_of_the_zone_that_is_named(run: Run, tmp_path: Path) -> None:
    named = written(tmp_path, "named.json", json.dumps({**EXPORT, "zone": "Europe/Berlin"}))
    status, out, err = run("convert", written(tmp_path, "a.csv", LOCAL), "--map", named, "--account", "a7")
    assert status == 2
    assert [wire.to_dict(event)["at"] for event in events_of(out)] == [
        "2026-01-05T09:00:00Z",
        "2025-07-05T08:00:00.250000Z",
        "2025-10-26T01:30:00Z",
        "2025-07-05T07:00:00Z",
    ]
    assert err.splitlines() == [
        "withdraw-guard: 2 messages unreadable, first in line 7: Time: must be an RFC 3339 instant such as "
        "`2026-01-05T09:00:00Z`, got `2025-02-30T10:00:00`",
        "withdraw-guard: 1 message unreadable, first in line 4: Time: must be a time that the clocks of Europe/Berlin "
        "showed, got `2025-03-30 02:30:00`",
        "withdraw-guard: 4 events, 0 ignored, 3 unreadable messages",
        "withdraw-guard: 1 local time came twice that day: the later one is used",
    ]


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Asia/Kathmandu", "2026-01-05T04:15:00Z"),
        ("America/St_Johns", "2026-01-05T13:30:00Z"),
        ("UTC", "2026-01-05T10:00:00Z"),
    ],
)
def test_the_zone_of_the_arguments_comes_before_that_of_the_source(
    run: Run, tmp_path: Path, zone: str, at: str
) -> None:
    source = written(tmp_path, "export.json", json.dumps(EXPORT))
    table = written(tmp_path, "a.csv", "Time,Operation\n2026-01-05 10:00:00,Change password\n")
    _, out, err = run("convert", table, "--map", source, "--account", "a7", "--zone", zone)
    (event,) = events_of(out)
    assert wire.to_dict(event)["at"] == at
    assert "twice" not in err


def test_a_message_without_an_instant_is_unreadable_in_any_zone(run: Run, tmp_path: Path) -> None:
    source = written(tmp_path, "export.json", json.dumps(EXPORT))
    table = written(tmp_path, "a.csv", "Day,Operation\n2026-01-05,Change password\n")
    status, _, err = run("convert", table, "--map", source, "--account", "a7", "--zone", "Asia/Seoul")
    assert status == 2
    assert "Time: is missing" in err or "at: is missing" in err


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"zone": "Europe/Berlim"}, "zone: must be a time zone that this machine knows, such as `Europe/Berlin`, got"),
        ({"zone": "Asia/Tokyo", "unit": "seconds"}, "unit: must be `text` for local times, got `seconds`"),
        ({"zone": "+1"}, "zone: must be `Z` or an offset such as `+01:00`, got `+1`"),
        ({"zone": 7}, "zone: must be `Z` or an offset such as `+01:00`, got `7`"),
    ],
)
def test_a_zone_that_makes_no_sense_is_named(run: Run, tmp_path: Path, members: Any, problem: str) -> None:
    source = written(tmp_path, "export.json", json.dumps({**EXPORT, **members}))
    status, out, err = run("convert", written(tmp_path, "a.csv", LOCAL), "--map", source)
    assert (status, out) == (2, "")
    assert f"{source}: {problem}" in err


def test_reasons_of_many_kinds_are_counted_as_other_kinds(run: Run, tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({**UPDATED, "type": f"TYPE_{number}"}) for number in range(50))
    _, _, err = run("convert", written(tmp_path, "k.jsonl", lines), "--map", "keycloak")
    assert len(err.splitlines()) == 22
    assert err.splitlines()[0] == "withdraw-guard: 30 messages ignored, first in line 21: other kinds"
