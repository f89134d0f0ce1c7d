"""Instants and durations: one grammar for reading, one form for writing, and no instant that means two things."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
import time_machine
from dateutil import tz
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from ids import shown
from withdraw_guard import (
    Account,
    Denied,
    IdentityChanged,
    InvalidValue,
    Policy,
    Rule,
    SecurityEvent,
    apply,
    check,
    next_change_at,
    open_holds,
    phase,
    wire,
)
from withdraw_guard._values.limits import DURATION_MAX, END_MAX, INSTANT_MAX, INSTANT_MIN
from withdraw_guard._values.time import read_duration, read_instant, utc, utc_end, write_duration, write_instant
from withdraw_guard.calendars import business_days
from withdraw_guard.messages import Message, render

VECTORS = Path(__file__).parents[2] / "shared" / "vectors"
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)

instants = st.datetimes(
    min_value=INSTANT_MIN.replace(tzinfo=None),
    max_value=INSTANT_MAX.replace(tzinfo=None),
    timezones=st.just(UTC),
)
durations = st.timedeltas(min_value=TICK, max_value=DURATION_MAX)
offsets = st.timedeltas(min_value=timedelta(hours=-23, minutes=-59), max_value=timedelta(hours=23, minutes=59))


def suite(name: str) -> list[tuple[str, bool]]:
    """The strings of a file of the JSON Schema test suite, each with its verdict."""
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"the vectors are not at hand: {path.name}")
    (group,) = json.loads(path.read_text(encoding="utf-8"))
    return [(test["data"], test["valid"]) for test in group["tests"] if type(test["data"]) is str]


def is_read_as_instant(text: object) -> bool:
    try:
        read_instant("at", text)
    except InvalidValue:
        return False
    return True


def is_read_as_duration(text: object) -> bool:
    try:
        read_duration("duration", text)
    except InvalidValue:
        return False
    return True


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        pytest.skip(f"no zone data for {name} here")


# ── Reading instants ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_grammar_of_instants_is_that_of_rfc_3339() -> None:
    verdicts = suite("jsonschema-2020-12-format-date-time.json")
    assert len(verdicts) == 27
    assert [text for text, valid in verdicts if is_read_as_instant(text) is not valid] == []


READ_AS = {
    "2026-01-05T09:00:00Z": "2026-01-05T09:00:00Z",
    "2026-01-05t09:00:00z": "2026-01-05T09:00:00Z",
    "2026-01-05T09:00:00+00:00": "2026-01-05T09:00:00Z",
    "2026-01-05T09:00:00-00:00": "2026-01-05T09:00:00Z",
    "2026-01-05T14:30:00+05:30": "2026-01-05T09:00:00Z",
    "2026-01-04T20:00:00-13:00": "2026-01-05T09:00:00Z",
    "2026-01-06T08:59:00+23:59": "2026-01-05T09:00:00Z",
    "2026-01-04T09:01:00-23:59": "2026-01-05T09:00:00Z",
    "2026-01-05T09:00:00.5Z": "2026-01-05T09:00:00.500000Z",
    "2026-01-05T09:00:00.000001Z": "2026-01-05T09:00:00.000001Z",
    "2026-01-05T09:00:00.0000000Z": "2026-01-05T09:00:00Z",
    "2024-02-29T00:00:00Z": "2024-02-29T00:00:00Z",
    # More digits than a microsecond has are cut off, towards the past; they are never rounded up.
    "2026-01-05T08:59:59.9999999Z": "2026-01-05T08:59:59.999999Z",
    "2026-01-05T09:00:00.0000009Z": "2026-01-05T09:00:00Z",
    "2026-01-05T09:00:00." + "1" * 1_000 + "Z": "2026-01-05T09:00:00.111111Z",
    # A leap second is read as the instant at which it ends, so that no hold that begins in one ends early.
    "2016-12-31T23:59:60Z": "2017-01-01T00:00:00Z",
    "2016-12-31T23:59:60.999999Z": "2017-01-01T00:00:00Z",
    "2017-01-01T05:29:60+05:30": "2017-01-01T00:00:00Z",
    "2016-12-31T15:59:60-08:00": "2017-01-01T00:00:00Z",
    "1969-12-31T23:59:60Z": "1970-01-01T00:00:00Z",
}


@pytest.mark.parametrize("text", READ_AS)
def test_an_instant_is_read_and_written_in_one_form(text: str) -> None:
    assert write_instant(read_instant("at", text)) == READ_AS[text]
    assert read_instant("at", text).tzinfo is UTC


NOT_AN_INSTANT = (
    "",
    "Z",
    "2026",
    "2026-01-05",
    "09:00:00Z",
    " 2026-01-05T09:00:00Z",
    "2026-01-05T09:00:00Z ",
    "2026-01-05T09:00:00Z\n",
    "2026-01-05T09:00:00",  # naive
    "2026-01-05 09:00:00Z",
    "2026-01-05_09:00:00Z",
    "2026-01-05T09:00Z",
    "2026-01-05T0900:00Z",
    "20260105T090000Z",
    "2026-W02-1T09:00:00Z",
    "2026-005T09:00:00Z",
    "2026-1-5T09:00:00Z",
    "02026-01-05T09:00:00Z",
    "+2026-01-05T09:00:00Z",
    "2026-01-05T09:00:00,5Z",
    "2026-01-05T09:00:00.Z",
    "2026-01-05T09:00:00ZZ",
    "2026-01-05T09:00:00Z[Europe/Berlin]",
    "2026-01-05T09:00:00+05",
    "2026-01-05T09:00:00+0530",
    "2026-01-05T09:00:00+05:3",
    "2026-01-05T09:00:00+5:30",
    "2026-01-05T09:00:00+24:00",
    "2026-01-05T09:00:00+05:60",
    "2026-01-05T09:00:00\N{MINUS SIGN}05:00",
    "2026-01-05T09:00:00 Europe/Berlin",
    "2026-01-05T24:00:00Z",
    "2026-01-05T09:60:00Z",
    "2026-01-05T09:00:60Z",
    "2026-01-05T23:59:60+01:00",
    "2026-01-05T23:59:61Z",
    "2026-00-05T09:00:00Z",
    "2026-13-05T09:00:00Z",
    "2026-01-00T09:00:00Z",
    "2026-02-29T09:00:00Z",
    "2026-04-31T09:00:00Z",
    "2026-04-31T23:59:60Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:60+00:01",
    "9999-12-31T23:59:59-23:59",
    "\N{FULLWIDTH DIGIT TWO}026-01-05T09:00:00Z",
    "2026-01-0\N{BENGALI DIGIT FOUR}T09:00:00Z",
    "2026-01-05T09:00:00.\N{BENGALI DIGIT FOUR}Z",
    "2026-01-05T09:00:00\ud800",
    "now",
    "1767603600",
    1767603600,
    1767603600.0,
    True,
    None,
    b"2026-01-05T09:00:00Z",
    ["2026-01-05T09:00:00Z"],
    NINE,
)


@pytest.mark.parametrize("text", NOT_AN_INSTANT, ids=shown)
def test_what_is_not_an_rfc_3339_instant_is_refused_with_its_path(text: object) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_instant("events[3].at", text)
    assert refused.value.path == "events[3].at"
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:60Z", "9999-12-31T22:58:60-01:01"])
def test_a_leap_second_at_the_end_of_all_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_instant("at", text)
    assert str(refused.value) == f"at: must be a date and time that exist, got `{text}`"


def test_a_leap_second_elsewhere_in_the_day_is_refused_with_its_reason() -> None:
    with pytest.raises(InvalidValue) as refused:
        read_instant("at", "2016-12-31T22:59:60Z")
    assert str(refused.value) == "at: must have second 60 only if UTC reads 23:59:60, got `2016-12-31T22:59:60Z`"


def test_a_leap_second_of_a_day_that_does_not_exist_is_told_as_it_was_given() -> None:
    with pytest.raises(InvalidValue) as refused:
        read_instant("at", "2015-02-29T23:59:60Z")
    assert str(refused.value) == "at: must be a date and time that exist, got `2015-02-29T23:59:60Z`"


@given(st.text() | st.text(alphabet="0123456789-:.+TtZz \n", max_size=40))
def test_the_reader_of_instants_reads_or_refuses_whatever_comes(text: str) -> None:
    if is_read_as_instant(text):
        assert is_read_as_instant(write_instant(read_instant("at", text)))


@given(instants)
def test_an_instant_survives_the_wire(instant: datetime) -> None:
    text = write_instant(instant)
    assert read_instant("at", text) == instant
    assert text.endswith("Z")
    assert ("." in text) is (instant.microsecond != 0)
    assert len(text) == (27 if instant.microsecond else 20)


@given(instants, offsets)
def test_an_instant_reads_alike_from_every_offset(instant: datetime, offset: timedelta) -> None:
    minutes = timedelta(minutes=offset // timedelta(minutes=1))
    shifted = instant.astimezone(timezone(minutes))
    assert read_instant("at", shifted.isoformat()) == instant


# ── Which instants are instants ──────────────────────────────────────────────────────────────────────────────────


def test_the_first_and_the_last_instant_are_included() -> None:
    assert datetime(2000, 1, 1, tzinfo=UTC) == INSTANT_MIN
    assert datetime(2200, 1, 1, tzinfo=UTC) == INSTANT_MAX
    assert (utc("at", INSTANT_MIN), utc("at", INSTANT_MAX)) == (INSTANT_MIN, INSTANT_MAX)
    assert (utc_end("until", INSTANT_MIN), utc_end("until", END_MAX)) == (INSTANT_MIN, END_MAX)


OUT_OF_RANGE = {
    "a tick before the first": INSTANT_MIN - TICK,
    "a tick after the last": INSTANT_MAX + TICK,
    "the least of all": datetime.min.replace(tzinfo=UTC),
    "the greatest of all": datetime.max.replace(tzinfo=UTC),
    "less than the least": datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
    "more than the greatest": datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
    "2000, but in 1999": datetime(2000, 1, 1, tzinfo=timezone(timedelta(hours=1))),
    "zero, taken for an instant": datetime.fromtimestamp(0, UTC),
    "seconds, taken for milliseconds": datetime.fromtimestamp(1_767_603_600 / 1000, UTC),
}


@pytest.mark.parametrize("instant", OUT_OF_RANGE.values(), ids=OUT_OF_RANGE.keys())
def test_an_instant_out_of_range_is_refused_by_every_question_and_every_event(instant: datetime) -> None:
    account = Account(id="a1")
    for ask in (check, open_holds, phase, next_change_at):
        with pytest.raises(InvalidValue, match=r"^at: "):
            ask(account, instant)
    with pytest.raises(InvalidValue, match=r"^at: "):
        IdentityChanged(id="e1", account="a1", at=instant, identity=None)


@pytest.mark.parametrize("text", ["1999-12-31T23:59:59.999999Z", "2200-01-01T00:00:00.000001Z"])
def test_an_instant_out_of_range_is_refused_by_the_wire(text: str) -> None:
    with pytest.raises(InvalidValue, match="must be between 2000-01-01 and 2200-01-01") as refused:
        wire.event_from_dict({"type": "identity_changed", "id": "e", "account": "a", "at": text, "identity": None})
    assert refused.value.path == "at"


def test_an_end_may_lie_beyond_the_last_instant_but_not_far() -> None:
    with pytest.raises(InvalidValue, match="until: must be between 2000-01-01 and 2210-01-0"):
        utc_end("until", END_MAX + TICK)


def test_the_longest_hold_at_the_last_instant_is_answered_and_survives_the_wire() -> None:
    rule = Rule(id="r", trigger="t", duration=DURATION_MAX)
    event = SecurityEvent(id="e", account="a", at=INSTANT_MAX, trigger="t", initiated_by="user")
    account = apply(Policy(id="p", version="1", rules=(rule,)), Account(id="a"), event).account
    decision = check(account, INSTANT_MAX)
    assert isinstance(decision, Denied)
    assert decision.resumes_at == END_MAX == next_change_at(account, INSTANT_MAX)
    assert wire.decision_from_dict(wire.to_dict(decision)) == decision
    assert wire.account_from_dict(wire.to_dict(account)) == account


def test_a_naive_instant_is_refused_with_a_clear_error() -> None:
    with pytest.raises(InvalidValue) as refused:
        IdentityChanged(id="e1", account="a1", at=datetime(2026, 1, 5, 9), identity=None)  # noqa: DTZ001
    assert str(refused.value) == "at: must be an aware datetime, got a naive one; say which time zone it is in"


class LaterThanAll(datetime):
    def __lt__(self, other: object) -> bool:
        return False

    def __ge__(self, other: object) -> bool:
        return True


class ShortDuration(timedelta):
    pass


class Text(str):
    __slots__ = ()


NOT_A_DATETIME = {
    "a subclass": LaterThanAll(2026, 1, 5, 9, tzinfo=UTC),
    "a date": NINE.date(),
    "a time": NINE.timetz(),
    "a text": "2026-01-05T09:00:00Z",
    "a timestamp": NINE.timestamp(),
    "a whole number": 1767603600,
    "a boolean": True,
    "nothing": None,
    "a duration": timedelta(hours=1),
}


@pytest.mark.parametrize("instant", NOT_A_DATETIME.values(), ids=NOT_A_DATETIME.keys())
def test_what_is_not_exactly_a_datetime_is_refused(instant: object) -> None:
    with pytest.raises(InvalidValue, match="at: must be a datetime"):
        utc("at", instant)


def test_subclasses_of_timedelta_and_of_text_are_refused() -> None:
    with pytest.raises(InvalidValue, match="duration: must be a timedelta"):
        Rule(id="r", trigger="t", duration=ShortDuration(hours=1))
    with pytest.raises(InvalidValue):
        read_instant("at", Text("2026-01-05T09:00:00Z"))
    with pytest.raises(InvalidValue):
        read_duration("duration", Text("PT1H"))


# ── Time zones ───────────────────────────────────────────────────────────────────────────────────────────────────


class EvilZone(tzinfo):
    """A zone whose offset is whatever it was told to answer; an exception is raised."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[return-value]

    def dst(self, dt: datetime | None) -> timedelta | None:
        raise RuntimeError("no dst")

    def tzname(self, dt: datetime | None) -> str | None:
        raise RuntimeError("no name")


EVIL_ZONES = {
    "raises": EvilZone(RuntimeError("boom")),
    "raises a type error": EvilZone(TypeError("boom")),
    "raises not implemented": EvilZone(NotImplementedError()),
    "text": EvilZone("+01:00"),
    "a number": EvilZone(3_600),
    "a day": EvilZone(timedelta(hours=24)),
    "minus a year": EvilZone(timedelta(days=-365)),
    "none: naive in disguise": EvilZone(None),
    "tzinfo itself": tzinfo(),
}


@pytest.mark.parametrize("evil", EVIL_ZONES.values(), ids=EVIL_ZONES.keys())
def test_whatever_a_foreign_zone_does_the_instant_is_refused(evil: tzinfo) -> None:
    with pytest.raises(InvalidValue, match=r"^at: must be an "):
        utc("at", NINE.replace(tzinfo=evil))


@pytest.fixture
def honolulu() -> Iterator[None]:
    """This process stands in Honolulu."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system cannot change its zone")
    before = os.environ.get("TZ")
    os.environ["TZ"] = "HST10"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("honolulu")
def test_a_zone_that_changes_its_mind_does_not_let_the_zone_of_the_machine_in() -> None:
    fickle = NINE.replace(tzinfo=EvilZone(timedelta(0), None))
    try:
        settled = utc("at", fickle)
    except InvalidValue:
        return
    assert settled == NINE


@pytest.mark.usefixtures("honolulu")
def test_where_the_machine_stands_does_not_matter() -> None:
    assert utc("at", NINE) == NINE
    assert read_instant("at", "2026-01-05T09:00:00Z") == NINE
    assert write_instant(NINE) == "2026-01-05T09:00:00Z"


def foreign_zones() -> list[tzinfo]:
    fixed: list[tzinfo] = [timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(seconds=-1)), tz.UTC]
    return [*fixed, tz.tzoffset(None, -3_600), zone("UTC"), zone("America/New_York"), zone("Asia/Kathmandu")]


@pytest.mark.parametrize("index", range(7))
def test_the_same_instant_in_any_zone_is_the_same_value(index: int) -> None:
    foreign = foreign_zones()[index]
    here = IdentityChanged(id="e1", account="a1", at=NINE, identity=None)
    there = IdentityChanged(id="e1", account="a1", at=NINE.astimezone(foreign), identity=None)
    assert (there, hash(there), repr(there)) == (here, hash(here), repr(here))
    assert there.at.tzinfo is UTC
    assert wire.to_dict(there) == wire.to_dict(here)
    assert pickle.loads(pickle.dumps(there)).at.tzinfo is UTC
    assert copy.deepcopy(there).at.tzinfo is UTC


@given(instants)
def test_the_same_instant_in_new_york_is_the_same_value(instant: datetime) -> None:
    assert utc("at", instant.astimezone(zone("America/New_York"))) == instant


def hold_placed(at: datetime, duration: timedelta) -> datetime | None:
    policy = Policy(id="p", version="1", rules=(Rule(id="r", trigger="t", duration=duration),))
    event = SecurityEvent(id="e", account="a", at=at, trigger="t", initiated_by="user")
    return apply(policy, Account(id="a"), event).account.holds[0].until


@pytest.mark.parametrize(
    "noon",
    [(2024, 3, 9), (2024, 11, 2), (2024, 7, 1)],
    ids=["the clocks go forward", "the clocks go back", "the clocks stay"],
)
def test_24_hours_are_86_400_seconds_whatever_the_clocks_do(noon: tuple[int, int, int]) -> None:
    at = datetime(*noon, 12, tzinfo=zone("America/New_York"))
    until = hold_placed(at, timedelta(hours=24))
    assert until is not None
    assert until.timestamp() - at.timestamp() == 86_400


def test_the_hour_that_happens_twice_is_two_instants() -> None:
    first = datetime(2024, 11, 3, 1, 30, tzinfo=zone("America/New_York"))
    second = first.replace(fold=1)
    assert first == second, "Python calls them equal"
    assert utc("at", second) - utc("at", first) == timedelta(hours=1)


def test_the_hour_that_never_happens_is_read_as_the_zone_says() -> None:
    skipped = datetime(2024, 3, 10, 2, 30, tzinfo=zone("America/New_York"))
    assert utc("at", skipped) == datetime(2024, 3, 10, 7, 30, tzinfo=UTC)


def test_a_fold_in_utc_is_forgotten() -> None:
    assert repr(utc("at", NINE.replace(fold=1))) == repr(NINE)


# ── Durations ────────────────────────────────────────────────────────────────────────────────────────────────────

# Where we differ from RFC 3339, appendix A, and why.
OURS = {
    "P4Y": False,  # years and months have no length
    "P1M": False,
    "P1Y2M3DT4H5M6S": False,
    "P1Y2M3D": False,
    "P1M2D": False,
    "P10Y10M10DT10H10M10S": False,
    "P1Y2M": False,
    "PT0.5S": True,  # a fraction of the seconds, as ISO 8601 has it
    "P" + "9" * 78 + "D": False,  # a limit on everything
}


def test_the_grammar_of_durations_is_that_of_rfc_3339_but_for_what_is_stated() -> None:
    verdicts = suite("jsonschema-2020-12-format-duration.json")
    differing = {text: is_read_as_duration(text) for text, valid in verdicts if is_read_as_duration(text) is not valid}
    assert differing == OURS


DURATION_READ_AS = {
    "PT1S": "PT1S",
    "PT60S": "PT1M",
    "PT59M60S": "PT1H",
    "PT24H": "PT24H",
    "P1D": "PT24H",
    "PT72H": "PT72H",
    "P3D": "PT72H",
    "P3DT1S": "P3DT1S",
    "PT73H": "P3DT1H",
    "P4DT12H": "P4DT12H",
    "P5D": "P5D",
    "PT120H": "P5D",
    "P2W": "P14D",
    "P30D": "P30D",
    "P3653D": "P3653D",
    "PT1H0M1S": "PT1H0M1S",
    "P4DT1M": "P4DT1M",
    "P4DT1H0M0.5S": "P4DT1H0M0.5S",
    "PT0.000001S": "PT0.000001S",
    "PT0.100000S": "PT0.1S",
    "PT1M0.000010S": "PT1M0.00001S",
    "P007D": "P7D",
    "P0DT1H": "PT1H",
    "PT00000000000000000001H": "PT1H",
}


@pytest.mark.parametrize("text", DURATION_READ_AS)
def test_a_duration_is_read_and_written_in_one_form(text: str) -> None:
    duration = read_duration("duration", text)
    assert write_duration(duration) == DURATION_READ_AS[text]
    assert read_duration("duration", write_duration(duration)) == duration
    assert type(duration) is timedelta


NOT_A_DURATION = (
    "",
    "P",
    "PT",
    "P1DT",
    "1D",
    "p1d",
    "pt24h",
    "P1d",
    " PT1H",
    "PT1H ",
    "PT1H\n",
    "P1D\n",
    "P1D2H",
    "PT1D",
    "PT1H1S",
    "PT1S1M",
    "P1W1D",
    "P1WT1H",
    "P1Y",
    "P1M",
    "P0Y1D",
    "P0M1D",
    "P1Y1D",
    "-P1D",
    "P-1D",
    "+P1D",
    "P1.5D",
    "PT1.5H",
    "PT1.5M",
    "PT1.S",
    "PT.5S",
    "PT1,5S",
    "PT0.1234567S",
    "P1e2D",
    "P 1D",
    "P\N{BENGALI DIGIT FOUR}D",
    "P1000000000000D",
    "P999999999999W",
    "PT" + "9" * 5_000 + "H",
    "24:00:00",
    "1 day",
    24,
    86400.0,
    True,
    None,
    timedelta(hours=24),
    b"PT24H",
)


@pytest.mark.parametrize("text", NOT_A_DURATION, ids=shown)
def test_what_is_not_a_duration_is_refused_with_its_path(text: object) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_duration("rules[2].duration", text)
    assert refused.value.path == "rules[2].duration"
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("text", ["P" + "0" * 5_000 + "1D"], ids=["5000 zeros"])
def test_a_number_of_five_thousand_zeros_is_refused_or_read(text: str) -> None:
    try:
        read_duration("duration", text)
    except InvalidValue:
        return


@given(st.text() | st.text(alphabet="0123456789PTWDHMSY.\n", max_size=30).map(lambda text: f"P{text}"))
def test_the_reader_of_durations_reads_or_refuses_whatever_comes(text: str) -> None:
    if is_read_as_duration(text):
        assert read_duration("duration", text) >= timedelta(0)


@given(durations)
def test_a_duration_survives_the_wire(duration: timedelta) -> None:
    text = write_duration(duration)
    assert read_duration("duration", text) == duration
    assert write_duration(read_duration("duration", text)) == text


@given(st.integers(1, 72))
def test_whole_hours_up_to_three_days_are_written_as_hours(hours: int) -> None:
    assert write_duration(timedelta(hours=hours)) == f"PT{hours}H"


@given(st.integers(4, DURATION_MAX.days))
def test_whole_days_beyond_three_are_written_as_days(days: int) -> None:
    assert write_duration(timedelta(days=days)) == f"P{days}D"


# ── Tools for tests that replace the clock ───────────────────────────────────────────────────────────────────────


def assert_is_answered(now: datetime) -> None:
    """A real instant, and one from a clock that a tool has replaced, mean the same, and the answer keeps plain ones."""
    event = SecurityEvent(id="e", account="a", at=now, trigger="t", initiated_by="user")
    assert event == SecurityEvent(id="e", account="a", at=NINE, trigger="t", initiated_by="user")
    assert type(event.at) is type(NINE)
    assert wire.event_from_dict(wire.to_dict(event)) == event
    policy = Policy(id="p", version="1", rules=(Rule(id="r", trigger="t", duration=timedelta(hours=24)),))
    account = apply(policy, Account(id="a"), event).account
    for at in (NINE, now, NINE.astimezone(timezone(timedelta(hours=5))), now.astimezone(timezone(timedelta(hours=5)))):
        answer = check(account, at)
        assert isinstance(answer, Denied)
        assert (answer.at, answer.resumes_at) == (NINE, NINE + timedelta(hours=24))
        assert type(answer.at) is type(answer.resumes_at) is type(NINE)


def test_freezegun_may_replace_the_clock() -> None:
    with freeze_time(NINE):
        assert type(datetime.now(UTC)) is not type(NINE)
        assert_is_answered(datetime.now(UTC))
        # The class of this name is now freezegun's.
        with pytest.raises(InvalidValue, match="must be an aware datetime"):
            utc("at", datetime(2026, 1, 5, 9))  # noqa: DTZ001
        with pytest.raises(InvalidValue, match="must be a datetime"):
            utc("at", LaterThanAll(2026, 1, 5, 9, tzinfo=UTC))
        seen = render(Message(code="step.wait", params={"until": NINE}), ["en"], zone=timezone(timedelta(hours=5)))
        assert "14:00" in seen
        january = business_days(UTC, first=NINE.date(), last=datetime.now(UTC).date())
    assert january == business_days(UTC, first=NINE.date(), last=NINE.date())
    assert type(january.days[0].begins) is type(NINE)


def test_what_freezegun_left_behind_is_no_datetime() -> None:
    with freeze_time(NINE):
        left = datetime.now(UTC)
    with pytest.raises(InvalidValue, match="must be a datetime, got a `FakeDatetime`"):
        utc("at", left)


def test_time_machine_may_replace_the_clock() -> None:
    with time_machine.travel(NINE, tick=False):
        assert_is_answered(datetime.now(UTC))


IMPORTED_WHILE_THE_CLOCK_STANDS = """
from datetime import UTC, datetime, timedelta
from freezegun import freeze_time

real = datetime(2026, 1, 5, 9, tzinfo=UTC)
with freeze_time(real):
    from withdraw_guard import Account, IdentityChanged, check, wire
    for at in (real, datetime.now(UTC)):
        event = IdentityChanged(id="e", account="a", at=at, identity=None)
        assert wire.event_from_dict(wire.to_dict(event)) == event
        assert type(event.at) is type(real)
        assert check(Account(id="a"), at).at == real
assert check(Account(id="a"), real).at is real
assert wire.event_from_dict(wire.to_dict(event)).at == real
print("answered")
"""


@pytest.mark.parametrize("order", ["0", "2", "6"])
def test_the_library_may_be_imported_while_the_clock_stands(order: str) -> None:
    """In whatever order freezegun visits the modules: a policy may load while only some have their datetime back."""
    told = subprocess.run(
        [sys.executable, "-c", IMPORTED_WHILE_THE_CLOCK_STANDS],
        env={**os.environ, "PYTHONHASHSEED": order},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (told.stdout, told.stderr) == ("answered\n", "")
