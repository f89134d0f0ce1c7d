"""The tables of the guard. Every instant is aware; where there is none, a column to query says `infinity`."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.types import TypeDecorator

_INFINITY = text("'infinity'::timestamptz")


class Base(DeclarativeBase):
    """The base of all tables, yours as well: one database, one transaction."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True), int: BigInteger}


class Instant(TypeDecorator[datetime]):
    """An instant, or none; none is `infinity` in the database, so that one comparison answers."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_expression(self, bindparam: BindParameter[Any]) -> ColumnElement[Any]:
        return func.coalesce(bindparam, _INFINITY)

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.nullif(column, _INFINITY)


class GuardAccount(Base):
    """One account as JSON, the version that every writer compares, and columns to query."""

    __tablename__ = "guard_account"

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    row: Mapped[str]
    phase: Mapped[str] = mapped_column(index=True)
    resumes_at: Mapped[datetime | None] = mapped_column(Instant, nullable=False)
    next_change_at: Mapped[datetime | None] = mapped_column(Instant, nullable=False, index=True)
    review_due: Mapped[datetime | None] = mapped_column(Instant, nullable=False, index=True)


class GuardMessage(Base):
    """What was reported, word for word: the outbox, the journal and the parking place in one.

    It is `waiting` until the account knows it, then `applied`, `refused` or `ignored`; `why` says more. `account` is
    none where only the subject is known, and `subject` is none as well where not even that could be read.
    """

    __tablename__ = "guard_message"
    __table_args__ = (
        UniqueConstraint("source", "digest"),
        Index("guard_message_waiting", "account", postgresql_where=text("state = 'waiting'")),
    )

    seq: Mapped[int] = mapped_column(Identity(), primary_key=True)
    account: Mapped[str | None] = mapped_column(index=True)
    source: Mapped[str]
    subject: Mapped[str | None]
    body: Mapped[str]
    digest: Mapped[str]
    received_at: Mapped[datetime]
    state: Mapped[str]
    why: Mapped[str | None]


class GuardSubject(Base):
    """Whom a sender means: a session of a verification, or the subject of a token."""

    __tablename__ = "guard_subject"

    source: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("guard_account.id"))


class Payout(Base):
    """A payout: `requested`, `leaving`, `sent`, or `unclear` until a person has asked the bank.

    `late_event` is the first event that was not known when it left, although it had happened: a person looks.
    """

    __tablename__ = "payout"

    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("guard_account.id"), index=True)
    destination: Mapped[str]
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(default="requested", index=True)
    left_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    late_event: Mapped[str | None]
