"""Every request we send and every answer we accept keeps Amazon's definitions."""

from odoo.tests import tagged

from odoo.addons.linkstar_connector_amazon.streams import HANDLERS

from tests.amazon.contract import ANSWERS
from tests.amazon.operations import OPERATIONS

from .contract_common import ContractCase

# Documents come from an address, not from an operation of the API.
ADS = "ads."


@tagged("post_install", "-at_install")
class TestContract(ContractCase):
    """All streams, live and past, of a North American and a European account."""

    settings = {
        "history_days": 40,
        "scale": 0.1,
        "account_options": {0: {"marketplaces": ("US",)}, 1: {"marketplaces": ("DE",)}},
    }

    def test_every_call_of_every_stream_keeps_amazons_definitions(self):
        european = self.make_account(self.world.accounts[1])
        self.amazon.control("DELETE", "calls")
        for account in (self.account, european):
            account.with_context(active_test=False).stream_ids.active = True
            account.start_backfill(12)
            for code, handler in HANDLERS.items():
                if handler.is_past:
                    self.run_past(code, account)
                else:
                    self.run_stream(code, account)
        made = {call["operation"] for call in self.amazon.calls()}
        made = {name for name in made if not name.startswith((ADS, "lwa.", "download"))}
        self.assertLessEqual(made, set(ANSWERS), "without a definition to hold it to")
        self.assertLessEqual(made, self.contract.requested)
        self.assertEqual(self.contract.failures, [])
        self.assertGreaterEqual(len(made), 14)
        # Tokens may end, as simulated hours pass; a wrong request is a 400.
        refused = [call for call in self.amazon.calls() if call["status"] == 400]
        self.assertEqual(refused, [])
        self.assertLessEqual(made, set(OPERATIONS))
