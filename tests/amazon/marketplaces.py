"""The marketplaces the stand-in knows, as Amazon names them."""

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Marketplace:
    """One of Amazon's sites.

    ``tz`` is the zone in which Amazon counts the site's days.
    ``pool`` names the fulfilment network whose FBA stock the site sells: sites with
    the same pool sell, and report, the same units.
    ``volume`` is the average number of orders a day at scale 1.
    ``price_factor`` turns a catalogue price into the local one; ``decimals`` is the
    number of minor digits of the currency.
    """

    code: str
    id: str
    name: str
    country: str
    currency: str
    decimals: int
    language: str
    tz: str
    region: str
    pool: str
    volume: float
    price_factor: float
    order_prefix: str

    @cached_property
    def zone(self):
        """The time zone as an object."""
        return ZoneInfo(self.tz)

    @property
    def domain(self):
        """The site's host name."""
        return f"www.{self.name.lower()}"


# code, id, name, country, currency, decimals, language, zone, region, pool,
# orders a day, price factor, first digits of order ids
_TABLE = """
US ATVPDKIKX0DER  Amazon.com    US USD 2 en_US America/Los_Angeles na NA-US 40 1.0  114
CA A2EUQ1WTGCTBG2 Amazon.ca     CA CAD 2 en_CA America/Los_Angeles na NA-CA  8 1.35 702
MX A1AM78C64UM0Y8 Amazon.com.mx MX MXN 2 es_MX America/Los_Angeles na NA-MX  5 18   701
DE A1PA6795UKMFR9 Amazon.de     DE EUR 2 de_DE Europe/Berlin       eu EU    25 0.95 302
FR A13V1IB3VIYZZH Amazon.fr     FR EUR 2 fr_FR Europe/Paris        eu EU    10 0.97 405
IT APJ6JRA9NG5V4  Amazon.it     IT EUR 2 it_IT Europe/Rome         eu EU     8 0.96 403
ES A1RKKUPIHCS9HS Amazon.es     ES EUR 2 es_ES Europe/Madrid       eu EU     7 0.96 404
UK A1F83G8C2ARO7P Amazon.co.uk  GB GBP 2 en_GB Europe/London       eu EU    15 0.82 202
JP A1VC38T7YXB528 Amazon.co.jp  JP JPY 0 ja_JP Asia/Tokyo          fe FE-JP 18 150  250
"""


def _row(line):
    cells = line.split()
    return Marketplace(
        *cells[:5],
        int(cells[5]),
        *cells[6:10],
        float(cells[10]),
        float(cells[11]),
        cells[12],
    )


MARKETPLACES = tuple(_row(line) for line in _TABLE.strip().splitlines())
BY_CODE = {marketplace.code: marketplace for marketplace in MARKETPLACES}
BY_ID = {marketplace.id: marketplace for marketplace in MARKETPLACES}


def in_region(region):
    """Return the marketplaces of a region (``na``, ``eu`` or ``fe``)."""
    return tuple(m for m in MARKETPLACES if m.region == region)


def find(key):
    """Return the marketplace with this code (``DE``) or Amazon id; else KeyError."""
    return BY_CODE.get(key) or BY_ID[key]
