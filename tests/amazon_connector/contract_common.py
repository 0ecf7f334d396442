"""Every call of a class of tests held to Amazon's own models."""

from tests.amazon.contract import REQUESTS, ContractError, Observer, check_request

from .common import AmazonCase


class RequestObserver(Observer):
    """Checks the bodies we send besides the answers we take."""

    def __call__(self, call, response):
        super().__call__(call, response)
        if call.operation.name in REQUESTS and response.status < 300:
            try:
                check_request(call.operation.name, call.request.json())
            except ContractError as error:
                self.failures.append(f"{call.operation.name} request: {error}")


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
