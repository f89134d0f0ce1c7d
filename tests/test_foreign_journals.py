"""Journals in shapes of others: `replay` names every fault in the right line, and says what each shape is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from withdraw_guard import cli
from withdraw_guard.cli import _convert
from withdraw_guard.cli._foreign import shape_of

Run = Callable[..., tuple[int, str, str]]
# What standard error says of each of them: reviewed by eye.
GOLDEN = Path(__file__).parent / "foreign_journals.txt"
SHARED = {file.name: file for folder in Path(__file__).parents for file in folder.glob("shared/journals-foreign/*")}
HEAD = "== "


def golden() -> dict[str, str]:
    texts: dict[str, str] = {}
    for part in GOLDEN.read_text("utf-8").split(f"\n{HEAD}"):
        name, _, text = part.removeprefix(HEAD).partition("\n")
        texts[name] = f"{text.strip()}\n"
    return texts


@pytest.mark.parametrize("name", golden())
def test_a_journal_of_another_shape_is_told_like_this(run: Run, name: str) -> None:
    if name not in SHARED:
        pytest.skip("no folder `shared/journals-foreign` stands beside this repository")
    status, out, err = run("replay", SHARED[name], "--at", "2026-03-01T00:00:00Z", "--json")
    assert err == golden()[name]
    assert status == (0 if name == "bom.jsonl" else 2)
    decisions = [json.loads(line)["decision"] for line in out.splitlines()]
    assert all(decision is None for decision in decisions) == (name != "bom.jsonl")


def test_each_of_them_is_told() -> None:
    assert not SHARED or golden().keys() == SHARED.keys()
    assert len(golden()) == 12


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        (b'\xff\xfe{\x00"\x00', "UTF-16: "),
        (b'\xfe\xff\x00{\x00"', "UTF-16: "),
        (b" [\n", "the beginning of a JSON array, "),
        (b"Time,Operation,Account\n", "CSV: "),
        (b'{"specversion": "1.0", "id": "1", "source": "x", "type": "t"}', "a CloudEvent: `convert --map cloudevents`"),
        (b'{"op": "c", "after": {}}', "a change event of Debezium: `convert --map debezium`"),
        (b'{"aggregateid": "a1", "payload": "{}"}', "a row of an outbox: `convert --map outbox`"),
        (b'{"realmId": "r", "type": "LOGIN"}', "an event of Keycloak: `convert --map keycloak`"),
        (b'{"jti": "1", "events": {}}', "a security event token: `convert --map signals`"),
        (b'{"eventType": "x", "published": "", "target": []}', "an entry of the system log of Okta: "),
        (b'{"at": 1767603600}', "an event whose instant is a number: "),
        (b'{"at": "1970-01-19T16:41:44Z"}', "an event whose instant counts seconds, read as if they were milliseconds"),
        (b'{"at": "2026-01-05T09:00:00Z", "account": 42}', "an event whose account is a number: "),
        (b'{"at": "2026-01-05 09:00:00+00"}', "an event whose instant is written as databases do: "),
    ],
)
def test_a_shape_is_known_by_what_it_alone_has(line: bytes, shape: str) -> None:
    told = shape_of(3, line)
    assert told is not None
    assert told.startswith(f"line 3 looks like {shape}")


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"hello", b"1,2", b"\xff,,,,", b'"text"', b"[" * 0 + b"7", b'{"at": null}', b'{"at": "soon"}'],
)
def test_what_is_not_known_is_not_guessed(line: bytes) -> None:
    told = shape_of(1, line)
    assert told is None or line == b"\xff,,,,"


def test_only_the_first_unreadable_line_is_looked_at(run: Run, journal: Callable[..., Path]) -> None:
    _, _, err = run("replay", journal('{"at": 1}', '{"jti": "1", "events": {}}'), "--json")
    assert "line 1 looks like an event whose instant is a number" in err
    assert "line 2 looks like" not in err


def test_deep_nesting_is_no_shape() -> None:
    assert shape_of(1, b'{"a": ' + b"[" * 100_000) is None


@pytest.mark.parametrize(
    ("members", "unit", "account"),
    [
        ({"at": 1767603600}, "seconds", "a1"),
        ({"at": 1767603600000}, "milliseconds", "a1"),
        ({"at": "2026-01-05 09:00:00+00"}, "text", "a1"),
        ({"account": 42}, "rfc3339", "42"),
    ],
)
def test_a_log_of_ones_own_is_read_by_the_document_in_the_help(
    run: Run, journal: Callable[..., Path], tmp_path: Path, members: dict[str, object], unit: str, account: str
) -> None:
    document = "".join(_convert.NOTES.partition("such as this:\n")[2].partition("\n\n")[0].splitlines())
    source = tmp_path / "own.json"
    source.write_text(document.replace('"seconds"', f'"{unit}"'), "utf-8")
    event = {"type": "security_event", "id": "e1", "account": "a1", "at": "2026-01-05T09:00:00Z"}
    more = {"trigger": "password_changed", "initiated_by": "user", "context": {}, **members}
    status, out, _ = run("convert", journal({**event, **more}), "--map", source)
    assert status == 0
    read = json.loads(out)
    assert (read["account"], read["at"], read["trigger"]) == (account, event["at"], "password_changed")


def test_the_sources_that_are_named_exist(run: Run, journal: Callable[..., Path]) -> None:
    for source in ("cloudevents", "debezium", "outbox", "keycloak", "signals"):
        assert cli.main(["convert", str(journal()), "--map", source]) == 0
