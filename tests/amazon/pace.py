"""Amazon's pace: a token bucket for each caller and operation."""

from dataclasses import dataclass


@dataclass
class Bucket:
    """``rate`` tokens a second flow in, at most ``burst`` are kept.

    >>> bucket = Bucket(rate=0.5, burst=2)
    >>> [bucket.take(now=0) for _ in range(3)]
    [0.0, 0.0, 2.0]
    >>> bucket.take(now=2)
    0.0
    """

    rate: float
    burst: float
    tokens: float | None = None
    at: float = 0.0

    def take(self, now):
        """Take a token; return 0.0, or the seconds until there is one."""
        if self.tokens is None:
            self.tokens = self.burst
        else:
            flowed = max(0.0, now - self.at) * self.rate
            self.tokens = min(self.burst, self.tokens + flowed)
        self.at = now
        if self.tokens >= 1 - 1e-9:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) / self.rate


class Pace:
    """All buckets of a server.

    ``enforced`` False lets every call through and only notes which were too fast.
    ``factor`` multiplies all rates: where an hour passes in a minute, a quota does too.
    """

    def __init__(self, enforced=True):
        self.enforced = enforced
        self.factor = 1.0
        self._buckets = {}
        self._limits = {}

    def limit(self, caller, operation):
        """Return (rate, burst) that apply to a caller."""
        default = (operation.rate * self.factor, operation.burst)
        everyone = self._limits.get((None, operation.name), default)
        return self._limits.get((caller, operation.name), everyone)

    def set_limit(self, operation, rate, burst, caller=None):
        """Change the pace of an operation (by name), for one caller or for all."""
        self._limits[caller, operation] = (float(rate), float(burst))
        for key in [k for k in self._buckets if k[1] == operation]:
            if caller in (None, key[0]):
                del self._buckets[key]

    def take(self, caller, operation, now):
        """Count a call; return 0.0, or the seconds it came too early."""
        key = (caller, operation.name)
        if key not in self._buckets:
            self._buckets[key] = Bucket(*self.limit(caller, operation))
        return self._buckets[key].take(now)

    def refill(self):
        """Forget all calls made so far."""
        self._buckets.clear()
