"""Errors of the connector that callers tell apart."""


class CallFailed(Exception):
    """A call to Amazon gave no usable answer; ``failure`` says what is known."""

    def __init__(self, failure):
        super().__init__(failure.code)
        self.failure = failure
