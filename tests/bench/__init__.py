"""Benchmarks: each module here has ``run(env)`` and is found by ``make bench``.

``run`` returns a list of cases, each a dict:

- ``case``: what was done, with its size
- ``seconds``, ``queries``: what it took (``queries`` may be None)
- ``baseline_seconds``: what the thing compared with took on the same machine in
  the same run (core's own way, the naive way), or None when there is none
- ``ratio``: ``seconds / baseline_seconds``, or None
- ``limit``: the highest ratio (or, without a baseline, the most seconds) that is
  acceptable, or None

``make bench`` runs every module on a fresh database of its own, as superuser, in
a transaction that is rolled back.
"""

import time
from dataclasses import dataclass


@dataclass
class Measured:
    """What a call took."""

    seconds: float = 0.0
    queries: int = 0
    value: object = None


def measure(env, call):
    """Run ``call()`` with pending work flushed before and after; time and queries."""
    env.flush_all()
    queries, started = env.cr.sql_log_count, time.perf_counter()
    value = call()
    env.flush_all()
    seconds = time.perf_counter() - started
    return Measured(seconds, env.cr.sql_log_count - queries, value)


def case(name, measured, baseline=None, limit=None):
    """One row of the report from what :func:`measure` returned."""
    ratio = measured.seconds / baseline.seconds if baseline else None
    return {
        "case": name,
        "seconds": measured.seconds,
        "queries": measured.queries,
        "baseline_seconds": baseline.seconds if baseline else None,
        "ratio": ratio,
        "limit": limit,
    }
