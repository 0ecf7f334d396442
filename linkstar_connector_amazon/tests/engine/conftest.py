"""Busy machines are slow: time says nothing about these properties."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "linkstar_amazon", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("linkstar_amazon")
