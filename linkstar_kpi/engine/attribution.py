"""Whose figures a shop's figures are.

Memberships become disjoint segments (:func:`resolve`), and these become parts:
signed weights on cells of facts (:func:`parts_of`). A person's figure is the
sum over parts of weight × facts, so the database computes any number of people
in one statement, and whatever nobody holds is the shop's figure less the sum
of the people's.

Two rules of the field: the narrower membership wins (listing before store
before store group), and what is excluded leaves numerator and denominator.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from . import spans
from .spans import DAY

LISTING, STORE, GROUP = range(3)


@dataclass(frozen=True)
class Segment:
    """A share (0 to 1) of a store, or of one listing of it, by date.

    ``rank`` tells where it comes from: LISTING, STORE or GROUP membership.
    """

    employee: int
    role: int
    store: int
    listing: int | None
    date_from: date
    date_to: date
    share: float
    rank: int = STORE

    @property
    def span(self):
        """First and last day."""
        return self.date_from, self.date_to


@dataclass(frozen=True)
class Exclusion:
    """Days of a store, or of one listing of it, that do not count.

    They do count for ``caused_by``: causing a stock-out never pays.
    """

    store: int
    listing: int | None
    date_from: date
    date_to: date
    key: int = 0
    caused_by: int | None = None

    @property
    def span(self):
        """First and last day."""
        return self.date_from, self.date_to


@dataclass(frozen=True)
class Part:
    """A weight on the facts of a store (or listing) over days."""

    store: int
    listing: int | None
    date_from: date
    date_to: date
    weight: float


def resolve(segments):
    """Make memberships disjoint: narrower ones win, shares stay within 100 %.

    :param segments: raw :class:`Segment` rows, possibly overlapping: a group's
        membership yields to the store's own on the days that both cover; where
        several groups together give more than 100 %, all are scaled down
    :return: list of segments whose shares per cell and day sum to at most 1
    """
    cells = defaultdict(list)
    for segment in segments:
        cells[segment.role, segment.store, segment.listing or 0].append(segment)
    resolved = []
    for rows in cells.values():
        resolved.extend(_resolve_cell(rows))
    return resolved


def _resolve_cell(rows):
    starts = {row.date_from for row in rows}
    starts.update(row.date_to + DAY for row in rows if row.date_to < date.max)
    edges = sorted(starts)
    open_runs, done = {}, []
    for index, first in enumerate(edges):
        last = edges[index + 1] - DAY if index + 1 < len(edges) else date.max
        holding = _holding(rows, first)
        for key in [key for key in open_runs if key not in holding]:
            done.append(open_runs.pop(key))
        for key, segment in holding.items():
            if key in open_runs:
                open_runs[key] = replace(open_runs[key], date_to=last)
            else:
                open_runs[key] = replace(segment, date_from=first, date_to=last)
    return done + list(open_runs.values())


def _holding(rows, day):
    """Who holds a cell on a day, as a dict of (employee, share) → segment."""
    covering = [row for row in rows if row.date_from <= day <= row.date_to]
    if not covering:
        return {}
    narrowest = min(row.rank for row in covering)
    shares = defaultdict(float)
    for row in covering:
        if row.rank == narrowest:
            shares[row.employee] += row.share
    total = sum(shares.values())
    scale = 1 / total if total > 1 + 1e-9 else 1.0
    sample = covering[0]
    return {
        (employee, share): replace(
            sample, employee=employee, share=share * scale, rank=narrowest
        )
        for employee, share in shares.items()
    }


class Holdings:
    """Resolved segments, indexed for the questions that cards ask."""

    def __init__(self, segments, exclusions=()):
        self.by_person = defaultdict(list)
        self.listings = defaultdict(list)
        self.store_exclusions = defaultdict(list)
        self.listing_exclusions = defaultdict(list)
        for segment in segments:
            self.by_person[segment.employee, segment.role].append(segment)
            if segment.listing:
                self.listings[segment.role, segment.store].append(segment)
        for item in exclusions:
            if item.listing:
                self.listing_exclusions[item.store].append(item)
            else:
                self.store_exclusions[item.store].append(item)

    def of(self, employee, role, frame):
        """Segments of a person in a role inside a frame, clipped to it."""
        found = []
        for segment in self.by_person.get((employee, role), ()):
            span = spans.intersect(segment.span, frame)
            if span:
                found.append(replace(segment, date_from=span[0], date_to=span[1]))
        return found

    def excluded_days(self, segment):
        """Days of a segment that store or own-listing exclusions take out."""
        return spans.within(
            [x.span for x in self._whole_exclusions(segment)], segment.span
        )

    def listing_exclusions_of(self, segment):
        """Exclusions of listings of the segment's store that concern its holder."""
        return [
            item
            for item in self.listing_exclusions.get(segment.store, ())
            if item.caused_by != segment.employee
        ]

    def _whole_exclusions(self, segment):
        found = [
            item
            for item in self.store_exclusions.get(segment.store, ())
            if item.caused_by != segment.employee
        ]
        if segment.listing:
            found += [
                item
                for item in self.listing_exclusions_of(segment)
                if item.listing == segment.listing
            ]
        return found


def parts_of(segments, holdings):
    """Parts of one person from their clipped segments.

    :param segments: as :meth:`Holdings.of` gives them
    :param holdings: everybody's, for listings held by somebody narrower
    """
    parts = []
    for segment in segments:
        gone = holdings.excluded_days(segment)
        for span in spans.subtract(segment.span, gone):
            parts.append(_part(segment, segment.listing, span, segment.share))
            if not segment.listing:
                parts.extend(_carved(segment, span, holdings))
    return parts


def _part(segment, listing, span, weight):
    return Part(segment.store, listing, span[0], span[1], weight)


def _carved(segment, span, holdings):
    """Take out of a store's pot what narrower members or exclusions hold."""
    taken = defaultdict(list)
    for other in holdings.listings.get((segment.role, segment.store), ()):
        taken[other.listing].append(other.span)
    for item in holdings.listing_exclusions_of(segment):
        taken[item.listing].append(item.span)
    for listing, their_spans in taken.items():
        for days in spans.within(their_spans, span):
            yield _part(segment, listing, days, -segment.share)


def narrow(segments, listings, holdings):
    """Segments of whole stores narrowed to some of their listings.

    Days on which somebody narrower holds a listing stay that person's.

    :param segments: of one person, clipped
    :param listings: dict of store → set of listings, a category of goods
    :param holdings: everybody's, for listings held by somebody narrower
    :return: segments of single listings
    """
    found = []
    for segment in segments:
        wanted = listings.get(segment.store, ())
        if segment.listing:
            found += [segment] if segment.listing in wanted else []
            continue
        held = defaultdict(list)
        for other in holdings.listings.get((segment.role, segment.store), ()):
            held[other.listing].append(other.span)
        for listing in sorted(wanted):
            for span in spans.subtract(segment.span, held[listing]):
                found.append(_only(segment, span, listing))
    return found


def on_days(segments, days):
    """Segments cut to some days, such as those of a person's shifts.

    :param days: disjoint spans in order
    """
    return [
        _only(segment, span, segment.listing)
        for segment in segments
        for span in spans.within(days, segment.span)
    ]


def _only(segment, span, listing):
    return replace(segment, listing=listing, date_from=span[0], date_to=span[1])


def share_days(segments, holdings, portions=None):
    """Share-weighted days of a person: all of them, and those that count.

    :param portions: dict of (store, listing) → part (0 to 1) of the store's
        figures that a listing usually makes, to weigh a listing's exclusion
    :return: ``(total, counted)``; their quotient shrinks an additive target
    """
    total = counted = 0.0
    for segment in segments:
        weight = segment.share
        if segment.listing:
            weight *= (portions or {}).get((segment.store, segment.listing), 1.0)
        total += weight * spans.days(segment.span)
        gone = holdings.excluded_days(segment)
        for span in spans.subtract(segment.span, gone):
            counted += weight * spans.days(span)
            if not segment.listing:
                counted -= _listing_loss(segment, span, holdings, portions or {})
    return total, counted


def _listing_loss(segment, span, holdings, portions):
    by_listing = defaultdict(list)
    for item in holdings.listing_exclusions_of(segment):
        by_listing[item.listing].append(item.span)
    held = defaultdict(list)
    for other in holdings.listings.get((segment.role, segment.store), ()):
        held[other.listing].append(other.span)
    loss = 0.0
    for listing, gone in by_listing.items():
        portion = portions.get((segment.store, listing), 0.0)
        for days in spans.within(gone, span):
            for own in spans.subtract(days, held.get(listing, ())):
                loss += segment.share * portion * spans.days(own)
    return loss
