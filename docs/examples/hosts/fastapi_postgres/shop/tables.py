"""The tables of the shop itself, in the same database as those of the guard."""

from datetime import datetime

from guard.tables import Base
from sqlalchemy import ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column


class Customer(Base):
    """What a customer can change about their own account."""

    __tablename__ = "customer"

    id: Mapped[str] = mapped_column(ForeignKey("guard_account.id"), primary_key=True)
    email: Mapped[str]
    password: Mapped[str]
    two_factor: Mapped[bool]


class Notice(Base):
    """The courtesy `you can withdraw again`, once for each end."""

    __tablename__ = "notice"

    account: Mapped[str] = mapped_column(ForeignKey("guard_account.id"), primary_key=True)
    resumed_at: Mapped[datetime] = mapped_column(primary_key=True)


class BankLine(Base):
    """One line of the fake bank: money that has moved. An idempotent bank keeps one line for each key."""

    __tablename__ = "bank_line"

    seq: Mapped[int] = mapped_column(Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    payout: Mapped[str] = mapped_column(index=True)
    amount: Mapped[int]
    destination: Mapped[str]
