"""Two people launch the same thing at once: the database lets one through."""

import threading
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..exceptions import AlreadyLaunched
from ..models.plan.launch_writer import LaunchWriter

CODE = "US-RACE"


@tagged("post_install", "-at_install")
class TestLaunchRace(BaseCase):
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
            template = env["project.project"].create(
                {"name": CODE, "is_template": True, "linkstar_kind": "routine"}
            )
            env["project.task"].create({"name": "Step", "project_id": template.id})
            self.version_id = template.publish_version().id
            self.store_id = store.id

    def _clean(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
            projects = env["project.project"].search([("name", "ilike", CODE)])
            launched = projects.filtered("version_id")
            launched.unlink()
            env["linkstar.template.version"].search(
                [("project_id", "in", projects.ids)]
            ).unlink()
            (projects - launched).unlink()
            env["linkstar.store"].search([("code", "=", CODE)]).unlink()

    def _launch(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        version = env["linkstar.template.version"].browse(self.version_id)
        return version.launch([self.store_id]).id

    @mute_logger("odoo.sql_db")
    def test_the_loser_learns_which_project_won(self):
        result = {}
        begun = threading.Event()

        def loser():
            with self.registry.cursor() as cr:
                # The snapshot of this transaction is taken before the winner
                # commits: it can never see the winner's row.
                cr.execute("SELECT 1")
                begun.set()
                try:
                    result["loser"] = self._launch(cr)
                except AlreadyLaunched as error:
                    result["refused"] = error.project_id
                finally:
                    cr.rollback()

        with self.registry.cursor() as cr:
            winner = self._launch(cr)
            cr.flush()
            thread = threading.Thread(target=loser)
            thread.start()
            begun.wait(10)
            self._wait_until_blocked(thread)
            # Two real transactions race: the winner has to be there for the loser.
            cr.commit()  # pylint: disable=invalid-commit
        thread.join(30)
        self.assertEqual(result, {"refused": winner})
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM project_project WHERE store_id = %s",
                [self.store_id],
            )
            self.assertEqual(cr.fetchone()[0], 1)

    @mute_logger("odoo.sql_db")
    def test_a_worker_killed_mid_launch_leaves_nothing(self):
        def die(writer, *args):
            with self.registry.cursor() as cr:
                cr.execute(
                    "SELECT pg_terminate_backend(%s)",
                    [writer.env.cr._cnx.info.backend_pid],
                )

        with (
            patch.object(LaunchWriter, "_create_dependencies", die),
            self.assertRaises(psycopg2.Error),
        ):
            cursor = self.registry.cursor()
            try:
                self._launch(cursor)
            finally:
                cursor.close()
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*) FROM project_task t JOIN project_project p"
                " ON p.id = t.project_id WHERE p.store_id = %s",
                [self.store_id],
            )
            self.assertEqual(cr.fetchone()[0], 0)
            self.assertTrue(self._launch(cr), "nothing stands in the way of a retry")
            cr.rollback()

    def _wait_until_blocked(self, thread):
        """Return when the thread's transaction waits for the winner's."""
        query = (
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE NOT l.granted AND a.datname = current_database()"
        )
        for _try in range(2000):
            with self.registry.cursor() as cr:
                cr.execute(query)
                if cr.fetchone()[0] or not thread.is_alive():
                    return
        self.fail("The second launch never waited for the first one.")
