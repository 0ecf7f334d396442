"""A stateful stand-in for Amazon: LWA, Selling Partner API and Ads API on loopback.

Tests and the demo let the *real* clients (python-amazon-sp-api and
python-amazon-ad-api) talk to it. What a shop sells, stocks and advertises is a
pure function of the seed, the simulated time and the interventions made through
the control API; see README.md.

Run it with ``python -m tests.amazon --port 8120``, or inside a test with
``tests.amazon.client.running()``.
"""
