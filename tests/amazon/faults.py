"""Failures on demand: what goes wrong, for which calls, and how often."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

#: Faults that replace the answer before the operation runs.
ANSWERS = {
    "error_500": (500, "InternalFailure", "We encountered an internal error."),
    "error_503": (503, "ServiceUnavailable", "Service is temporarily unavailable."),
    "error_401": (401, "Unauthorized", "The request is not authenticated."),
    "error_403": (403, "Unauthorized", "Access to requested resource is denied."),
    "error_429": (429, "QuotaExceeded", "You exceeded your quota."),
}
#: Faults of the transport, after the operation has run.
TRANSPORT = ("cut_json", "hang", "slow", "reset", "wrong_length")
#: Faults that replace the answer with something a client does not expect.
ODD = ("html_503", "bare_403", "html_200", "huge", "deep_json")
#: Faults within an answer.
CONTENT = (
    "repeated_page",
    "reordered_page",
    "shuffled_page",
    "duplicated_item",
    "empty_page",
    "buyer_data",
    "empty_report",
    "report_cancelled",
    "report_fatal",
    "late_report",
)
KINDS = (*ANSWERS, *ODD, *TRANSPORT, *CONTENT)


@dataclass
class Fault:
    """A failure that waits for calls.

    ``operation`` is a name or a pattern (``ads.*``); ``account`` a seller id or None
    for all. It lets ``after`` matching calls pass, then strikes ``count`` times
    (None: until cleared). ``options`` are the kind's own, such as ``seconds``.
    """

    kind: str
    operation: str = "*"
    account: str | None = None
    count: int | None = 1
    after: int = 0
    options: dict = field(default_factory=dict)
    struck: int = 0

    def matches(self, operation, account):
        """Whether the fault concerns a call."""
        return fnmatchcase(operation, self.operation) and self.account in (
            None,
            account,
        )

    def describe(self):
        """Return the fault as JSON content."""
        return {
            "kind": self.kind,
            "operation": self.operation,
            "account": self.account,
            "count": self.count,
            "after": self.after,
            "struck": self.struck,
            **self.options,
        }


class Faults:
    """The faults armed in a server."""

    def __init__(self):
        self.armed = []

    def arm(self, kind, **values):
        """Add a fault; unknown kinds raise ValueError."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; one of {', '.join(KINDS)}")
        known = {
            name: values.pop(name)
            for name in ("operation", "account", "count", "after")
            if name in values
        }
        fault = Fault(kind, **known, options=values)
        self.armed.append(fault)
        return fault

    def strike(self, operation, account):
        """Return the faults that hit a call.

        Faults within an answer are counted when the answer uses them (``use``), for
        not every answer can (a single page cannot swap places); others at once.
        """
        hitting = []
        for fault in list(self.armed):
            if not fault.matches(operation, account):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            if fault.kind not in CONTENT:
                self.use(fault)
            hitting.append(fault)
        return hitting

    def use(self, fault):
        """Count a fault's blow and disarm it after the last."""
        fault.struck += 1
        if fault.count is not None:
            fault.count -= 1
            if fault.count <= 0 and fault in self.armed:
                self.armed.remove(fault)

    def clear(self):
        """Disarm everything."""
        self.armed.clear()
