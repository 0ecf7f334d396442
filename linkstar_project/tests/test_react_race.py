"""Two workers at once: events, figures and launches stay single."""

import threading

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

CODE = "US-WORKERS"
WORKERS = 3
SKUS = [f"W{number}" for number in range(4)]


@tagged("post_install", "-at_install")
class TestReactRace(BaseCase):
    """Real transactions on real cursors; what they commit is removed again."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            site = env["linkstar.marketplace"].search([("code", "=", "US")], limit=1)
            store = env["linkstar.store"].create(
                {"name": CODE, "code": CODE, "marketplace_id": site.id}
            )
            env["linkstar.listing"].create(
                [{"store_id": store.id, "sku": sku} for sku in SKUS]
            )
            template = env["project.project"].create(
                {"name": CODE, "is_template": True, "linkstar_kind": "routine"}
            )
            env["project.task"].create({"name": "Step", "project_id": template.id})
            template.publish_version()
            env["linkstar.trigger"].create(
                {
                    "name": CODE,
                    "event_type_id": env.ref(
                        "linkstar_project.event_type_stock_low"
                    ).id,
                    "template_id": template.id,
                    "store_ids": store.ids,
                    "mode": "automatic",
                    "cooldown_days": 0,
                    "owner_id": env.ref("base.user_admin").id,
                }
            )
            self.store_id = store.id

    def _clean(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
            env["linkstar.trigger"].search([("name", "=", CODE)]).unlink()
            stores = env["linkstar.store"].search([("code", "=", CODE)])
            for model in ("linkstar.trigger.log", "linkstar.event", "linkstar.fact"):
                env[model].search([("store_id", "in", stores.ids)]).unlink()
            projects = env["project.project"].search([("name", "ilike", CODE)])
            launched = projects.filtered("version_id")
            launched.unlink()
            env["linkstar.template.version"].search(
                [("project_id", "in", projects.ids)]
            ).unlink()
            (projects - launched).unlink()
            env["linkstar.listing"].search([("store_id", "in", stores.ids)]).unlink()
            stores.unlink()

    def _at_once(self, work):
        """Results of the same work by several workers, each retrying lost races."""
        results, barrier = [], threading.Barrier(WORKERS)

        def worker():
            barrier.wait(10)
            for _attempt in range(10):
                try:
                    with self.registry.cursor() as cr:
                        env = api.Environment(cr, SUPERUSER_ID, {})
                        result = work(env)
                        env.flush_all()
                except psycopg2.OperationalError:
                    continue
                results.append(result)
                return

        threads = [threading.Thread(target=worker) for _number in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(results), WORKERS)
        return results

    @mute_logger("odoo.sql_db")
    def test_workers_leave_one_effect_of_each_event_and_figure(self):
        events = [
            {
                "store_id": self.store_id,
                "type": "stock_low",
                "key": f"{sku}/1",
                "payload": {"sku": sku},
            }
            for sku in SKUS
        ]
        figures = [
            {
                "store_id": self.store_id,
                "metric": "gmv",
                "date": f"2026-01-{day:02d}",
                "value": day,
            }
            for day in range(1, 29)
        ]
        told = self._at_once(lambda env: env["linkstar.event"]._emit_batch(events).ids)
        self.assertEqual(len({tuple(ids) for ids in told}), 1)
        written = self._at_once(lambda env: env["linkstar.fact"]._upsert(figures))
        self.assertEqual(sorted(written), [0, 0, 28])
        self._at_once(lambda env: env["linkstar.event"]._process())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            logs = env["linkstar.trigger.log"].search([("trigger_id.name", "=", CODE)])
            mine = [("store_id", "=", self.store_id), ("name", "ilike", CODE)]
            self.assertEqual(env["project.project"].search_count(mine), len(SKUS))
            self.assertEqual(logs.mapped("state"), ["fired"] * len(SKUS))
