"""Setting up a queue at Amazon: the destination and its subscriptions."""

from sp_api.api import Notifications

from odoo import models
from odoo.exceptions import UserError

from ..client import Amazon
from ..engine.failures import Failure
from ..exceptions import CallFailed


class LinkstarAmazonQueue(models.Model):
    _inherit = "linkstar.amazon.queue"

    def action_subscribe(self):
        """Ask Amazon to send notifications of all accounts of the region here.

        What Amazon's pace does not allow at once, the scheduled action does.
        """
        self.ensure_one()
        self._check_manager()
        if not self._accounts():
            raise UserError(
                self.env._(
                    "No account of the application %(application)s is connected in "
                    "this region. Authorise one first.",
                    application=self.application_id.name,
                )
            )
        subscriptions = self.env["linkstar.amazon.subscription"]
        subscriptions._want(self)
        self.sudo().destination = False
        try:
            self._destination_id()
        except CallFailed as error:
            raise UserError(self._explained(error.failure)) from error
        subscriptions._subscribe_wanted()
        self.env.ref("linkstar_connector_amazon.cron_queues").sudo()._trigger()
        return True

    def action_unsubscribe(self):
        """Ask Amazon to send no notifications here any more."""
        self._check_manager()
        self.subscription_ids._unsubscribe()
        return True

    def _destination_id(self):
        """Amazon's id of this queue as a destination, made once.

        :raises CallFailed: ``queue_policy`` when Amazon may not write to the queue
        """
        self.ensure_one()
        if self.destination:
            return self.destination
        application = self.application_id.sudo()
        with Amazon(
            self.env,
            self.region,
            application.client_id,
            application._client_secret(),
            None,
        ) as amazon:
            found = self._find_destination(amazon) or self._make_destination(amazon)
        self.sudo().destination = found
        return found

    def _find_destination(self, amazon):
        answer = amazon.selling_partner(
            Notifications, lambda client: client.get_destinations()
        )
        for entry in answer.payload or []:
            if ((entry.get("resource") or {}).get("sqs") or {}).get("arn") == self.arn:
                return entry["destinationId"]
        return None

    def _make_destination(self, amazon):
        try:
            answer = amazon.selling_partner(
                Notifications,
                lambda client: client.create_destination(
                    f"linkstar-{self.id}", arn=self.arn
                ),
            )
        except CallFailed as error:
            if error.failure.code == "bad_request":
                raise CallFailed(Failure("queue_policy", 400)) from error
            raise
        return answer.payload["destinationId"]
