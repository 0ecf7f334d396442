"""What a shop sells: products in families of variations."""

from dataclasses import dataclass
from random import Random

AMAZON, MERCHANT = "AMAZON", "MERCHANT"

_NOUNS = (
    ("MUG", "Stoneware Mug 350 ml", 1590, "DRINKING_CUP"),
    ("LAMP", "LED Desk Lamp with USB Port", 3490, "LAMP"),
    ("BAG", "Foldable Shopping Bag", 990, "HANDBAG"),
    ("KNIFE", "Chef\u2019s Knife 20 cm", 4290, "KITCHEN_KNIFE"),
    ("MAT", "Yoga Mat Non-Slip 6 mm", 2790, "EXERCISE_MAT"),
    ("CABLE", "USB-C Charging Cable 2 m", 1190, "DATA_CABLE"),
    ("BOTTLE", "Insulated Bottle 750 ml", 2390, "BOTTLE"),
    ("BOX", "Storage Box Set of 3", 2990, "STORAGE_BOX"),
)
_VARIANTS = (("BLK", "Black"), ("WHT", "White"), ("GRN", "Green"))
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class Product:
    """An MSKU with its ASIN.

    ``price`` is in cents of US dollars before a site's factor; ``weight`` is its
    share of the shop's demand; ``number`` its place in the catalogue; ``listed`` when
    an intervention added it (None: it was there when the shop opened).
    """

    number: int
    sku: str
    asin: str
    parent_sku: str
    parent_asin: str
    fnsku: str
    title: str
    variant: str
    product_type: str
    price: int
    weight: float
    fulfilled_by: str
    listed: int | None = None

    def price_in(self, marketplace):
        """Return the unit price in minor units of a marketplace's currency."""
        amount = self.price / 100 * marketplace.price_factor
        if marketplace.decimals:
            return int(amount) * 100 + 99
        return int(round(amount, -1))


def make_products(seed, account):
    """Return the products of an account, always the same for a seed."""
    rng = Random(f"catalogue/{seed}/{account.seller_id}")
    products = []
    for number in range(account.products):
        family, child = divmod(number, len(_VARIANTS))
        if child == 0:
            parent_asin = _asin(rng)
        word, title, price, product_type = _NOUNS[family % len(_NOUNS)]
        suffix, variant = _VARIANTS[child]
        series = "" if family < len(_NOUNS) else f"-{family // len(_NOUNS) + 1}"
        products.append(
            Product(
                number=number,
                sku=f"NV-{word}{series}-{suffix}",
                asin=_asin(rng),
                parent_sku=f"NV-{word}{series}",
                parent_asin=parent_asin,
                fnsku="X00" + "".join(rng.choices(_LETTERS, k=7)),
                title=f"{title}, {variant}",
                variant=variant,
                product_type=product_type,
                price=price + 100 * child,
                weight=1 / (number + 1.5),
                # The last product of a larger catalogue is sent by the seller.
                fulfilled_by=MERCHANT if number == 11 else AMAZON,
            )
        )
    return tuple(products)


def new_product(seed, account, number, sku, title, price, moment):
    """Return a product that an intervention adds: nobody orders it by itself."""
    rng = Random(f"product/{seed}/{account.seller_id}/{sku}")
    return Product(
        number=number,
        sku=sku,
        asin=_asin(rng),
        parent_sku=f"{sku}-P",
        parent_asin=_asin(rng),
        fnsku="X00" + "".join(rng.choices(_LETTERS, k=7)),
        title=title,
        variant="",
        product_type="HOME",
        price=price,
        weight=0.0,
        fulfilled_by=AMAZON,
        listed=moment,
    )


def _asin(rng):
    return "B0" + "".join(rng.choices(_LETTERS, k=8))
