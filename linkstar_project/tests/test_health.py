"""Health: what is wrong, in the order of a search, each with its next step."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .tell_common import TellCase
from .trust_common import archive_without_handover

BANNER = """
(async () => {
    const until = async (check) => {
        const end = Date.now() + 30000;
        while (!check()) {
            if (Date.now() > end) {
                throw new Error(document.body.innerText.slice(0, 500));
            }
            await new Promise((done) => setTimeout(done, 50));
        }
    };
    const shown = () => document.querySelector(".o_ls_banner");
    await until(() => document.querySelector(".o_action_manager > .o_action"));
    if (Boolean(shown()) !== %(expected)s) {
        throw new Error(`banner: ${Boolean(shown())}`);
    }
    if (shown()) {
        const wide = document.documentElement.scrollWidth;
        if (wide > window.innerWidth) {
            throw new Error(`sideways scrolling: ${wide}`);
        }
        shown().querySelector(".btn-danger").click();
        await until(() => document.querySelector(".o_ls_health"));
        await until(() => document.querySelector("[data-code='scheduler']"));
        for (const node of document.querySelectorAll(".o_ls_health *")) {
            const box = node.getBoundingClientRect();
            if (box.width && box.right > window.innerWidth + 1) {
                throw new Error(`${node.className} ends at ${box.right}`);
            }
        }
        shown().querySelector(".btn-close").click();
        await until(() => !shown());
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


class HealthCase(TellCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.jobs = cls.env["linkstar.health.provider"]._jobs()
        cls.jobs.write({"active": True, "nextcall": cls.now + timedelta(hours=5)})

    def codes(self, user=None):
        return {check["code"]: check for check in self.checks(user)}

    def checks(self, user=None):
        health = self.env["linkstar.health.provider"].with_user(user or self.lead)
        return health.linkstar_health()["checks"]


@tagged("post_install", "-at_install")
class TestHealth(HealthCase):
    def test_the_order_is_that_of_a_search_and_each_line_has_a_step(self):
        archive_without_handover(self.operator)
        self.jobs[:1].nextcall = self.now - timedelta(hours=3)
        checks = self.checks()
        order = ["access", "data", "jobs", "people", "templates", "messages", "other"]
        areas = [order.index(check["area"]) for check in checks]
        self.assertEqual(areas, sorted(areas))
        self.assertFalse([c["code"] for c in checks if not c["next_step"]])

    # -- jobs

    def test_a_scheduler_that_has_not_run_is_told_to_every_role(self):
        health = self.env["linkstar.health.provider"]
        everyone = (self.operator, self.lead)
        self.assertFalse(
            any(health.with_user(user).linkstar_scheduler_late() for user in everyone)
        )
        self.jobs[:1].nextcall = self.now - timedelta(minutes=61)
        self.assertTrue(
            all(health.with_user(user).linkstar_scheduler_late() for user in everyone)
        )
        stranger = self.env["res.users"].create({"name": "x", "login": "no_role"})
        self.assertFalse(health.with_user(stranger).linkstar_scheduler_late())
        self.assertIn("scheduler", self.codes())

    def test_jobs_that_fail_or_are_off_are_named(self):
        self.jobs[0].write({"failure_count": 2})
        self.jobs[1].write({"active": False})
        codes = self.codes()
        self.assertIn(self.jobs[0].cron_name, codes["jobs_failing"]["detail"])
        self.assertIn(self.jobs[1].cron_name, codes["jobs_off"]["detail"])
        self.assertFalse(codes["jobs_off"]["res_model"], "a lead cannot open them")

    # -- figures

    def test_stores_whose_figures_stopped_or_never_came(self):
        self.assertIn(self.store.code, self.codes()["figures_missing"]["detail"])
        row = {"store_id": self.store.id, "metric": "gmv", "value": 5, "source": "api"}
        facts = self.env["linkstar.fact"]
        facts._upsert([{**row, "date": self.now.date() - timedelta(days=9)}])
        self.assertIn(self.store.code, self.codes()["figures_stale"]["detail"])
        facts._upsert([{**row, "date": self.now.date() - timedelta(days=1)}])
        codes = self.codes()
        self.assertNotIn("figures_stale", codes)
        self.assertNotIn("figures_missing", codes)

    # -- people

    def sign_in(self, user, days):
        moment = self.now - timedelta(days=days)
        log = self.env["res.users.log"].with_user(user).sudo().create({})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users_log SET create_date = %s WHERE id = %s",
            (moment, log.id),
        )
        self.env.invalidate_all()

    def age(self, user, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users SET create_date = %s WHERE id = %s",
            (self.now - timedelta(days=days), user.id),
        )
        self.env.invalidate_all()

    def test_people_who_never_signed_in_are_told_after_three_days(self):
        self.age(self.operator, 1)
        self.assertNotIn(self.operator.name, str(self.codes()))
        self.age(self.operator, 4)
        check = self.codes()["people_never_signed_in"]
        self.assertIn(self.operator.name, check["detail"])
        self.sign_in(self.operator, 0)
        self.assertNotIn(
            self.operator.name, str(self.codes().get("people_never_signed_in"))
        )

    def test_people_of_the_demo_are_not_expected_to_sign_in(self):
        self.age(self.operator, 40)
        self.env["ir.model.data"].create(
            {
                "module": "linkstar_project",
                "name": "demo_user_test",
                "model": "res.users",
                "res_id": self.operator.id,
            }
        )
        self.assertNotIn(
            self.operator.name, str(self.codes().get("people_never_signed_in"))
        )

    def test_people_with_open_tasks_who_stay_away(self):
        self.task.sudo().user_ids = [Command.set(self.operator.ids)]
        self.sign_in(self.operator, 20)
        self.assertIn(self.operator.name, self.codes()["people_silent"]["detail"])
        self.sign_in(self.operator, 2)
        self.assertNotIn("people_silent", self.codes())
        self.operator.out_of_office_from = self.now - timedelta(days=1)
        self.assertIn(self.operator.name, self.codes()["people_away"]["detail"])

    def test_archived_people_with_stores_and_people_without_address(self):
        self.buyer.email = False
        archive_without_handover(self.operator)
        codes = self.codes()
        self.assertIn(self.operator.name, codes["people_gone"]["detail"])
        self.assertIn(self.buyer.name, codes["people_without_email"]["detail"])

    def test_leads_hear_of_their_own_stores_people_only(self):
        stranger = self.env["res.users"].create(
            {"name": "Foreign person", "login": "foreign", "email": False}
        )
        self.env["linkstar.store.member"].create(
            {
                "store_id": self.other_store.id,
                "user_id": stranger.id,
                "role_id": self.env.ref("linkstar_project.role_operator").id,
            }
        )
        self.assertNotIn("Foreign person", str(self.checks()))

    # -- templates

    def draft(self, *steps):
        template = self.env["project.project"].create(
            {"name": "Faulty", "is_template": True, "linkstar_kind": "routine"}
        )
        tasks = self.env["project.task"].create(
            [{"name": name, "project_id": template.id} for name in steps]
        )
        return template, tasks

    def of_template(self, template):
        return {
            check["code"]: check
            for check in self.checks()
            if check["res_id"] == template.id
        }

    def test_a_dead_role_of_a_published_template(self):
        template, tasks = self.draft("Step")
        role = self.env["project.role"].create({"name": "Gone", "code": "gone_role"})
        tasks.role_ids = role
        template.publish_version()
        (check,) = [c for c in self.checks() if "“Gone”" in c["title"]]
        self.assertEqual(check["code"], "template_role_empty")
        self.assertEqual(check["domain"], [("id", "in", template.ids)])
        role.unlink()
        check = self.of_template(template)["template_role_gone"]
        self.assertIn("gone_role", check["detail"])

    def test_a_loop_between_steps(self):
        template, (one, two) = self.draft("One", "Two")
        two.depend_on_ids = one
        self.env.cr.execute(
            "INSERT INTO task_dependencies_rel (task_id, depends_on_id) VALUES (%s,%s)",
            (one.id, two.id),
        )
        self.env.invalidate_all()
        self.assertIn("template_cycle", self.of_template(template))

    def test_steps_that_begin_before_what_they_wait_for(self):
        template, (one, two) = self.draft("One", "Two")
        two.depend_on_ids = one
        (one | two).write({"offset_days": 10})
        self.assertNotIn("template_dates", self.of_template(template))
        two.offset_days = 3
        self.assertIn("“Two”", self.of_template(template)["template_dates"]["detail"])

    def test_running_tasks_that_end_before_they_begin(self):
        self.assertNotIn("tasks_end_before_begin", self.codes())
        self.task.sudo().write(
            {
                "planned_date_begin": self.now + timedelta(days=9),
                "date_deadline": self.now + timedelta(days=2),
            }
        )
        check = self.codes()["tasks_end_before_begin"]
        self.assertEqual(check["domain"], [("id", "in", self.task.ids)])


@tagged("post_install", "-at_install")
class TestSchedulerBanner(HealthCase, HttpCase):
    def walk(self, late, **size):
        moment = timedelta(hours=-3 if late else 3)
        self.jobs.write({"nextcall": self.now + moment})
        self.lead.write({"password": "plan_lead_pw_long", "tour_enabled": False})
        self.env.flush_all()
        self.browser_js(
            "/odoo/linkstar-my-work",
            BANNER % {"expected": "true" if late else "false"},
            "document.readyState === 'complete'",
            login=self.lead.login,
            **size,
        )

    def test_the_banner_leads_to_the_cause_and_can_be_closed(self):
        self.walk(True)

    def test_the_banner_fits_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.walk(True)

    def test_no_banner_while_the_scheduler_runs(self):
        self.walk(False)
