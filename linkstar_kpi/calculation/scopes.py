"""Whose figures a line counts: from its scope and filters to segments.

Lines that count the same share one request to the database; what they share is
their :class:`Scope`.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytz

from odoo.tools import SQL

from ..engine import attribution, spans
from .holdings import led_segments


@dataclass(frozen=True)
class Scope:
    """A scope of a line; ``groups`` only for whole store groups, else empty."""

    kind: str
    groups: tuple = ()
    category: int = 0

    @property
    def base(self):
        """The same without the category: whole stores."""
        return replace(self, category=0)


def scope_of(line):
    """The scope of a scheme line."""
    groups = tuple(sorted(line.group_ids.ids)) if line.scope == "group" else ()
    return Scope(line.scope, groups, line.category_id.id or 0)


class Scopes:
    """Answers for cards which segments each of their scopes comes to."""

    def __init__(self, env, cards, holdings, first, last):
        """Read at once what the scopes of all cards need.

        :param env: superuser's environment
        :param cards: list of ``CardInput``
        :param holdings: everybody's shares in these days
        """
        self.env = env
        self.holdings = holdings
        versions = {card.version for card in cards}
        lines = [line for version in versions for line in version.line_ids]
        self.roles = {item: item.scheme_id.role_id.id for item in versions}
        self.found = {}
        scopes = {scope_of(line) for line in lines}
        kinds = {scope.kind for scope in scopes}
        people = {card.employee.id: card.employee for card in cards}
        self.led = {}
        if "team" in kinds:
            self.led = led_segments(env, list(people), first, last)
        groups = {group for scope in scopes for group in scope.groups}
        groups |= {group for line in lines for group in line.group_ids.ids}
        self.stores_of_groups = self._read_groups(groups)
        categories = {scope.category for scope in scopes} - {0}
        self.listings = self._read_categories(categories)
        self.by_listing = self._read_by_listing(categories, first, last)
        self.shifts = {}
        if "shift" in kinds:
            self.shifts = working_spans(env, people.values(), first, last)

    def segments(self, card, scope):
        """Segments of a card's person in one scope, inside the card's days."""
        key = (card.key, scope)
        if key not in self.found:
            self.found[key] = self._find(card, scope)
        return self.found[key]

    def _find(self, card, scope):
        found = self._whole_stores(card, scope)
        if scope.category:
            listings = self.listings[scope.category]
            found = attribution.narrow(found, listings, self.holdings)
        return found

    def filtered(self, line, segments, stores):
        """Segments in the line's platforms, sites and store groups.

        :param line: ``PlainLine``
        :param stores: dict of id → ``PlainStore``
        """
        platforms, sites = line.platforms, line.sites
        if not (platforms or sites or line.groups):
            return segments
        in_groups = self._stores_in(line.groups) if line.groups else None
        return [
            segment
            for segment in segments
            if (not platforms or stores[segment.store].platform in platforms)
            and (not sites or stores[segment.store].site in sites)
            and (in_groups is None or segment.store in in_groups)
        ]

    def _whole_stores(self, card, scope):
        role = self.roles[card.version]
        if scope.kind == "team":
            return clipped(self.led.get(card.employee.id, ()), card.span)
        if scope.kind == "group":
            return [
                attribution.Segment(card.employee.id, 0, store, None, *card.span, 1.0)
                for store in sorted(self._stores_in(scope.groups))
            ]
        if scope.kind == "department":
            department = card.employee.department_id
            people = department.member_ids if department else card.employee
            found = []
            for person in people:
                found += self.holdings.of(person.id, role, card.span)
            return found
        own = self.holdings.of(card.employee.id, role, card.span)
        if scope.kind == "stores":
            return attribution.resolve([replace(item, share=1.0) for item in own])
        if scope.kind == "shift":
            return attribution.on_days(own, self.shifts[card.employee.id])
        return own

    def _stores_in(self, group_ids):
        return set().union(*(self.stores_of_groups.get(x, ()) for x in group_ids))

    # -- reading -------------------------------------------------------------------

    def _read_groups(self, group_ids):
        groups = self.env["linkstar.store.group"].browse(group_ids)
        return {group.id: set(group.store_ids.ids) for group in groups if group.active}

    def _read_categories(self, category_ids):
        """Dict of category → dict of store → set of listings."""
        found = {category: defaultdict(set) for category in category_ids}
        categories = self.env["linkstar.kpi.category"].browse(category_ids)
        for category in categories.with_context(active_test=False):
            for listing in category.listing_ids:
                found[category.id][listing.store_id.id].add(listing.id)
        return found

    def _read_by_listing(self, categories, first, last):
        """Pairs (store, metric) that some source reports listing by listing."""
        stores = {store for category in categories for store in self.listings[category]}
        if not stores:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT store_id, metric_id FROM linkstar_fact
                 WHERE store_id = ANY(%s) AND listing_id IS NOT NULL
                   AND date BETWEEN %s AND %s
                """,
                list(stores),
                first - timedelta(days=28),
                last,
            )
        )
        return set(rows)


def working_spans(env, employees, first, last):
    """Days on which people work, by the working calendar they had at the time.

    Time off and public holidays are no working days. Somebody without a calendar
    (fully flexible) works every day.

    :return: dict of employee id → disjoint spans of days in order
    """
    wanted = defaultdict(list)
    for employee in employees:
        for calendar, span in _calendars(employee.sudo(), (first, last)):
            wanted[calendar, span].append(employee)
    days = defaultdict(list)
    for (calendar, span), people in wanted.items():
        resources = env["resource.resource"].browse(
            [person.resource_id.id for person in people]
        )
        intervals = {}
        if calendar:
            zone = pytz.timezone(calendar.tz or "UTC")
            start = zone.localize(datetime.combine(span[0], time.min))
            end = zone.localize(datetime.combine(span[1] + spans.DAY, time.min))
            intervals = calendar._work_intervals_batch(start, end, resources, tz=zone)
        for person in people:
            if not calendar:
                days[person.id].append(span)
                continue
            for begin, _end, _meta in intervals[person.resource_id.id]:
                days[person.id].append((begin.date(), begin.date()))
    return {employee.id: spans.union(days[employee.id]) for employee in employees}


def _calendars(employee, frame):
    """Working calendars of a person by days; the first one also goes before it."""
    versions = employee.version_ids.sorted("date_version")
    found = []
    for number, version in enumerate(versions):
        begin = version.date_version if number else date.min
        following = versions[number + 1 : number + 2]
        end = following.date_version - spans.DAY if following else date.max
        span = spans.intersect((begin, end), frame)
        if span:
            found.append((version.resource_calendar_id, span))
    return found or [(employee.resource_calendar_id, frame)]


def clipped(segments, frame):
    """Segments inside a frame."""
    found = []
    for segment in segments:
        span = spans.intersect(segment.span, frame)
        if span:
            found.append(replace(segment, date_from=span[0], date_to=span[1]))
    return found
