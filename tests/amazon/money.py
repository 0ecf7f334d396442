"""Money: minor units inside, Amazon's several shapes outside."""


def decimal(minor, marketplace):
    """Return minor units as Amazon's decimal text.

    >>> from .marketplaces import find
    >>> decimal(1999, find("US")), decimal(1980, find("JP")), decimal(-5, find("DE"))
    ('19.99', '1980', '-0.05')
    """
    if not marketplace.decimals:
        return str(minor)
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), 10**marketplace.decimals)
    return f"{sign}{whole}.{part:0{marketplace.decimals}d}"


def number(minor, marketplace):
    """Return minor units as a number of major units."""
    return round(minor / 10**marketplace.decimals, marketplace.decimals)


def money(minor, marketplace):
    """Return the shape with a decimal text: ``{"currencyCode", "amount": "1.00"}``."""
    return {"currencyCode": marketplace.currency, "amount": decimal(minor, marketplace)}


def amount(minor, marketplace, key="amount"):
    """Return the shape with a number: ``{"currencyCode", "amount": 1.0}``."""
    return {"currencyCode": marketplace.currency, key: number(minor, marketplace)}
