"""Token buckets: how fast Amazon lets one application call for one seller.

Amazon refills a bucket of ``burst`` tokens at ``rate`` tokens a second; a call
takes one token, and a call without a token is refused with status 429. The bucket
here is a value: every method returns a new one, so that it can be kept in a table
row and shared by all workers.

>>> from datetime import datetime, timedelta
>>> noon = datetime(2026, 1, 1, 12)
>>> bucket = Bucket.full(rate=0.5, burst=2, now=noon)
>>> bucket = bucket.take(noon).take(noon)
>>> bucket.wait(noon)
2.0
>>> bucket.wait(noon + timedelta(seconds=2))
0.0
>>> bucket.throttled(noon, retry_after=30).wait(noon + timedelta(seconds=10))
20.0
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# A throttled call without Retry-After waits for this many refills.
THROTTLE_REFILLS = 2
MAX_WAIT = 3600.0
# Two clocks never agree on the last digit; a token is whole from here on.
WHOLE = 1.0 - 1e-9


@dataclass(frozen=True)
class Bucket:
    """Tokens of one account for one operation.

    :param rate: tokens a second
    :param burst: the most tokens it can hold
    :param tokens: tokens at ``updated_at``
    :param blocked_until: Amazon asked to wait until then, or None
    """

    rate: float
    burst: float
    tokens: float
    updated_at: datetime
    blocked_until: datetime | None = None

    @classmethod
    def full(cls, rate, burst, now):
        """A bucket nobody has taken from yet."""
        return cls(rate, burst, float(burst), now)

    def at(self, now):
        """The bucket refilled up to ``now``; an earlier ``now`` changes nothing."""
        passed = (now - self.updated_at).total_seconds()
        if passed <= 0:
            return self
        tokens = min(self.burst, self.tokens + passed * self.rate)
        return replace(self, tokens=tokens, updated_at=now)

    def wait(self, now, reserve=0):
        """Seconds until a call may be made.

        :param reserve: tokens to leave for others (background work leaves some to
            people who press a button); never so many that a full bucket refuses
        """
        blocked = 0.0
        if self.blocked_until and self.blocked_until > now:
            blocked = (self.blocked_until - now).total_seconds()
        need = 1 + max(0, min(reserve, self.burst - 1))
        missing = need * WHOLE - self.at(now).tokens
        refill = missing / self.rate if missing > 0 else 0.0
        return round(max(blocked, refill), 3)

    def take(self, now):
        """The bucket after one call, which may leave it below zero.

        Below zero happens when a person's call goes first: later calls pay for it.
        """
        bucket = self.at(now)
        return replace(bucket, tokens=bucket.tokens - 1)

    def corrected(self, rate, now):
        """The bucket with the rate that Amazon's header tells."""
        if not rate or rate <= 0 or rate == self.rate:
            return self
        return replace(self.at(now), rate=rate)

    def throttled(self, now, retry_after=None):
        """The bucket after status 429: empty, and shut for a while.

        :param retry_after: seconds of the header, or None
        """
        pause = retry_after
        if pause is None or pause < 0:
            pause = THROTTLE_REFILLS / self.rate
        until = now + timedelta(seconds=min(pause, MAX_WAIT))
        if self.blocked_until and self.blocked_until > until:
            until = self.blocked_until
        return replace(self.at(now), tokens=0.0, updated_at=now, blocked_until=until)
