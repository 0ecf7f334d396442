"""Who may call: applications, seller accounts and what they granted."""

from dataclasses import dataclass, field
from random import Random

from .marketplaces import find, in_region

#: What an application may be allowed to read, as Seller Central names the roles.
ROLES = (
    "Selling Partner Insights",
    "Inventory and Order Tracking",
    "Amazon Fulfillment",
    "Product Listing",
    "Pricing",
    "Brand Analytics",
    "Finance and Accounting",
)

REGIONS = ("na", "eu", "fe")


@dataclass
class Application:
    """A developer's application with its Login-with-Amazon client.

    ``secrets`` maps each valid client secret to the wire time at which it expires
    (None: never). ``is_draft`` asks for ``version=beta`` on the consent page.
    """

    id: str = "amzn1.sp.solution.linkstar"
    client_id: str = "amzn1.application-oa2-client.linkstar"
    secrets: dict = field(default_factory=lambda: {"amzn1.oa2-cs.v1.linkstar": None})
    is_draft: bool = False
    redirect_uris: list = field(default_factory=list)

    @property
    def client_secret(self):
        """The newest secret."""
        return list(self.secrets)[-1]


@dataclass
class Account:
    """A seller's account in one region.

    ``refresh_token`` serves the Selling Partner API, ``ads_refresh_token`` the Ads
    API. ``roles`` are those granted to the application.
    """

    seller_id: str
    name: str
    region: str
    marketplaces: tuple
    refresh_token: str
    ads_refresh_token: str
    roles: set = field(default_factory=lambda: set(ROLES))
    suspended: set = field(default_factory=set)
    not_participating: set = field(default_factory=set)
    revoked: bool = False
    scale: float = 1.0
    products: int = 12
    renewals: int = 0

    def renew(self):
        """Take back a revocation; the refresh tokens of before stay dead."""
        self.revoked = False
        self.renewals += 1
        self.refresh_token = f"{self.refresh_token.split('#')[0]}#{self.renewals}"
        self.ads_refresh_token = (
            f"{self.ads_refresh_token.split('#')[0]}#{self.renewals}"
        )

    def profile_id(self, marketplace):
        """Return the Ads profile of a marketplace (digits, as Amazon's)."""
        return Random(f"{self.seller_id}/{marketplace.code}").randrange(10**15, 10**16)

    def sells_in(self, marketplace):
        """Whether the account takes part in a marketplace."""
        return (
            marketplace in self.marketplaces
            and marketplace.code not in self.not_participating
        )


def make_account(number, seed=1, region=None, marketplaces=None, **options):
    """Return the account number ``number`` (0 is North America, 1 Europe, 2 Japan).

    Its identifiers depend on the seed and the number only. ``marketplaces`` limits
    the codes it sells in.
    """
    region = region or REGIONS[number % len(REGIONS)]
    rng = Random(f"account/{seed}/{number}")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    seller_id = "A" + "".join(rng.choices(letters, k=13))
    sites = tuple(find(code) for code in marketplaces or ()) or in_region(region)
    names = ("Nova Home", "Aurora Living", "Polaris Goods", "Vega Outdoor")
    return Account(
        seller_id=seller_id,
        name=names[number % len(names)],
        region=region,
        marketplaces=sites,
        refresh_token=f"Atzr|SP-{region}-{number}-{seller_id}",
        ads_refresh_token=f"Atzr|ADS-{region}-{number}-{seller_id}",
        **options,
    )
