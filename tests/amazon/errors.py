"""Refusals in the shapes in which Amazon's three services send them."""

import json


class Refusal(Exception):
    """A request that gets an error instead of an answer."""

    def __init__(self, status, code, message, details="", headers=None):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers or {}

    def body(self, family):
        """Return the JSON body for a family of operations (sp, ads or lwa)."""
        if family == "lwa":
            content = {"error": self.code, "error_description": self.message}
        elif family == "ads":
            # Reporting version 3 says "detail", the older services "details".
            content = {
                "code": self.code,
                "detail": self.message,
                "details": self.message,
            }
        else:
            error = {
                "code": self.code,
                "message": self.message,
                "details": self.details,
            }
            content = {"errors": [error]}
        return json.dumps(content).encode()


def invalid(message, details=""):
    """Return a refusal of bad input."""
    return Refusal(400, "InvalidInput", message, details)


def denied(details):
    """Return a refusal for want of authorisation, in Amazon's words."""
    message = "Access to requested resource is denied."
    return Refusal(403, "Unauthorized", message, details)


def not_found(message):
    """Return a refusal for something that is not there."""
    return Refusal(404, "NotFound", message)


def throttled(family, seconds):
    """Return a refusal for too many calls; ``seconds`` until the next is granted."""
    if family == "ads":
        retry = {"Retry-After": str(max(1, -int(-seconds // 1)))}
        return Refusal(429, "429", "Too Many Requests", headers=retry)
    message = "You exceeded your quota for the requested resource."
    return Refusal(429, "QuotaExceeded", message)
