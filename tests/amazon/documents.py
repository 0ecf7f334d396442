"""Documents: what reports and queries leave behind, fetched without a token.

Their addresses are good for five minutes of the wire clock, as Amazon's are.
"""

import gzip
from dataclasses import dataclass
from functools import cached_property

from .operations import Response, operation

LIFETIME = 300


@dataclass
class Document:
    """A stored text, made when it is first fetched; ``owner`` is a seller id."""

    id: str
    owner: str
    make: object
    content_type: str
    compressed: bool

    @cached_property
    def body(self):
        """The bytes as they are sent."""
        body = self.make().encode()
        return gzip.compress(body, mtime=0) if self.compressed else body


def store(world, owner, text, content_type="text/plain", compress=True):
    """Keep a text, or a function that makes it, and return its document.

    No charset is named, as at Amazon.
    """
    make = text if callable(text) else lambda: text
    identifier = f"amzn1.spdoc.1.{owner}.{len(world.documents) + 1:06d}"
    document = Document(identifier, owner, make, content_type, compress)
    world.documents[identifier] = document
    return document


def address(world, document):
    """Return an address for a document, good from now for five minutes."""
    until = int(world.clock.wire()) + LIFETIME
    return f"{world.base_url}/documents/{document.id}?expires={until}"


@operation("download", "GET", "/documents/{documentId}", 100, 1000, family="page")
def download(call):
    """Return a document's bytes."""
    document = call.world.documents.get(call.values["documentId"])
    expires = call.text("expires", "0")
    if document is None or not expires.isdigit():
        return _denied("NoSuchKey")
    if call.world.clock.wire() > int(expires):
        return _denied("Request has expired")
    call.account = call.world.account(document.owner)
    headers = {"Content-Type": document.content_type}
    return Response(200, document.body, headers)


def _denied(text):
    body = f"<Error><Code>AccessDenied</Code><Message>{text}</Message></Error>"
    return Response(403, body.encode(), {"Content-Type": "application/xml"})
