"""How long logs are kept where a program runs: in development, in staging, in production."""

from __future__ import annotations

from typing import Literal, NamedTuple

from jobtrail.handlers import Period

ProfileName = Literal["development", "staging", "production"]
"""Where a program runs."""


class Profile(NamedTuple):
    """A file for each period, each kept for so many days, however many there are."""

    when: Period
    max_age_days: float
    backup_count: int = 10_000


PROFILES: dict[ProfileName, Profile] = {
    "development": Profile("daily", 7),
    "staging": Profile("daily", 14),
    "production": Profile("daily", 90),
}
"""The profiles by name."""

ERRORS = Profile("weekly", 90)
"""How a log of errors alone is kept in every profile."""
