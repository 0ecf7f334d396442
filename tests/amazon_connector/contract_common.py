"""Every call of a class of tests held to Amazon's own models."""

from tests.amazon.contract import (
    ANSWERS,
    REQUESTS,
    ContractError,
    Observer,
    check_request,
)
from tests.amazon.queries import check_query

from .common import AmazonCase


class RequestObserver(Observer):
    """Checks the bodies and queries we send besides the answers we take."""

    def __init__(self):
        super().__init__()
        self.requested = set()

    def __call__(self, call, response):
        super().__call__(call, response)
        name = call.operation.name
        if name not in ANSWERS or response.status >= 300:
            return
        try:
            check_query(name, call.request.query)
            if name in REQUESTS:
                check_request(name, call.request.json())
        except ContractError as error:
            self.failures.append(f"{name} request: {error}")
        self.requested.add(name)


class ContractCase(AmazonCase):
    """As AmazonCase; a payload that Amazon's models do not allow fails the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = RequestObserver()
        cls.world.observers.append(cls.contract)

    def setUp(self):
        super().setUp()
        # Other tests have moved the server's clock, and ours was rolled back.
        self.account.action_read_marketplaces()

    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.contract.failures, [])
