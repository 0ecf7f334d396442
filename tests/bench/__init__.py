"""Benchmarks: each module here has ``run(env)`` and is found by ``make bench``.

``run`` returns a list of cases, each a dict:

- ``case``: what was done, with its size
- ``seconds``, ``queries``: what it took (``queries`` may be None)
- ``cpu_seconds``: processor time of this process and its PostgreSQL backend, which
  a busy machine does not stretch as it does ``seconds``; None where not measured
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

import psutil

from odoo.tools import SQL


@dataclass
class Measured:
    """What a call took."""

    seconds: float = 0.0
    queries: int = 0
    value: object = None
    cpu: float | None = None


def cpu_seconds(env):
    """Processor time so far of this process and of its PostgreSQL backend.

    :return: seconds, or None if PostgreSQL runs on another machine
    """
    ((pid,),) = env.execute_query(SQL("SELECT pg_backend_pid()"))
    try:
        backend = psutil.Process(pid)
        if not backend.name().startswith("postgres"):
            return None
        used = backend.cpu_times()
    except psutil.Error:
        return None
    return time.process_time() + used.user + used.system


def measure(env, call):
    """Run ``call()`` with pending work flushed before and after; time and queries."""
    env.flush_all()
    used = cpu_seconds(env)
    queries, started = env.cr.sql_log_count, time.perf_counter()
    value = call()
    env.flush_all()
    seconds = time.perf_counter() - started
    queries = env.cr.sql_log_count - queries
    cpu = None if used is None else cpu_seconds(env) - used
    return Measured(seconds, queries, value, cpu)


def case(name, measured, baseline=None, limit=None):
    """One row of the report from what :func:`measure` returned."""
    ratio = measured.seconds / baseline.seconds if baseline else None
    return {
        "case": name,
        "seconds": measured.seconds,
        "cpu_seconds": measured.cpu,
        "queries": measured.queries,
        "baseline_seconds": baseline.seconds if baseline else None,
        "baseline_cpu_seconds": baseline.cpu if baseline else None,
        "ratio": ratio,
        "limit": limit,
    }
