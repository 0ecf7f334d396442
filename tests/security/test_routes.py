"""Ways round the matrix: system fields, chatter, files, activities, actions."""

import base64

from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from . import table
from .rpc import Refused
from .test_matrix import PROTOCOLS, MatrixCase

#: Values that a client could send for a field of each type.
SENT = {
    "boolean": True,
    "integer": 1,
    "float": 1.5,
    "date": "2020-01-01",
    "datetime": "2020-01-01 00:00:00",
    "many2many": [[6, 0, []]],
    "one2many": [[5, 0, 0]],
}


@tagged("post_install", "-at_install")
class TestSystemFields(MatrixCase):
    """What the system writes, no client writes: not even an administrator."""

    def test_system_fields_refuse_clients(self):
        for row in self.rows:
            if not isinstance(row, table.Row):
                continue
            names = getattr(self.env[row.model], "_system_fields", ())
            if names:
                self.refuse_fields(row, sorted(names))
        self.finish()

    def refuse_fields(self, row, names):
        record = row.record(self.world, self.world.own)
        for persona in ("admin", "lead", "template_manager"):
            client = self.clients[persona, "json2"]
            for name in names:
                field = record._fields[name]
                vals = {name: SENT.get(field.type, False)}
                self.expect(
                    False,
                    f"{row.model}.{name} {persona} write",
                    lambda c=client, v=vals: c.call(
                        row.model, "write", record.ids, vals=v
                    ),
                )

    def test_default_keys_set_no_system_field(self):
        client = self.clients["operator", "json2"]
        project = self.world.project(self.world.own)
        self.env.flush_all()
        created = client.call(
            "project.task",
            "create",
            vals_list=[{"name": "x", "project_id": project.id}],
            context={"default_done_date": "2020-01-01 00:00:00"},
        )
        self.env.invalidate_all()
        self.assertFalse(self.env["project.task"].browse(created).done_date)


@tagged("post_install", "-at_install")
class TestRoutes(MatrixCase):
    """Nothing of a foreign store through any side door."""

    def setUp(self):
        super().setUp()
        self.foreign = self.world.task(self.world.other, name="Foreign secret")
        self.message = self.foreign.message_post(body="foreign words")
        self.file = self.env["ir.attachment"].create(
            {
                "name": "foreign.txt",
                "raw": b"foreign bytes",
                "res_model": "project.task",
                "res_id": self.foreign.id,
            }
        )
        self.activity = self.foreign.activity_schedule(
            "mail.mail_activity_data_todo",
            summary="foreign activity",
            user_id=self.world.stranger.id,
        )
        self.env.flush_all()

    def everybody(self, *names):
        for name in names:
            for protocol in PROTOCOLS:
                yield name, self.clients[name, protocol]

    def test_documents_of_a_foreign_task_are_closed(self):
        parts = self.message | self.message.browse()
        for name, client in self.everybody("operator", "lead", "internal"):
            for record in (parts, self.file, self.activity):
                where = f"{record._name} {name} {client.protocol}"
                self.expect(
                    False,
                    f"{where} read",
                    lambda c=client, r=record: c.call(
                        r._name, "read", r.ids, fields=["display_name"]
                    ),
                )
                for method in ("write", "unlink"):
                    kwargs = {"vals": {}} if method == "write" else {}
                    self.expect(
                        False,
                        f"{where} {method}",
                        lambda c=client, r=record, m=method, k=kwargs: c.call(
                            r._name, m, r.ids, **k
                        ),
                    )
                found = client.call(
                    record._name, "search", domain=[("id", "in", record.ids)]
                )
                if found:
                    self.failures.append(f"{where} search: found")
        self.finish()

    def test_nothing_is_hung_onto_a_foreign_task(self):
        todo = self.env.ref("mail.mail_activity_data_todo")
        model = self.env["ir.model"]._get_id("project.task")
        made = {
            "mail.message": {
                "model": "project.task",
                "res_id": self.foreign.id,
                "body": "x",
                "message_type": "comment",
            },
            "ir.attachment": {
                "name": "x",
                "datas": base64.b64encode(b"x").decode(),
                "res_model": "project.task",
                "res_id": self.foreign.id,
            },
            "mail.activity": {
                "res_model_id": model,
                "res_id": self.foreign.id,
                "activity_type_id": todo.id,
            },
        }
        for name, client in self.everybody("operator", "internal", "auditor"):
            for target, values in made.items():
                self.expect(
                    False,
                    f"{target} {name} {client.protocol} create",
                    lambda c=client, t=target, v=values: c.call(
                        t, "create", vals_list=[v]
                    ),
                )
            self.expect(
                False,
                f"message_post {name} {client.protocol}",
                lambda c=client: c.call(
                    "project.task", "message_post", self.foreign.ids, body="x"
                ),
            )
        self.finish()

    def test_an_auditor_reads_and_leaves_no_word(self):
        own = self.world.task(self.world.own)
        self.env.flush_all()
        for _name, client in self.everybody("auditor"):
            self.expect(
                True,
                "auditor read",
                lambda c=client: c.call(
                    "project.task", "read", own.ids, fields=["name"]
                ),
            )
            for method, kwargs in (
                ("message_post", {"body": "x"}),
                ("message_subscribe", {"partner_ids": [self.world.stranger.id]}),
                ("activity_schedule", {"summary": "x"}),
                ("copy", {}),
                ("action_archive", {}),
            ):
                self.expect(
                    False,
                    f"auditor {method} {client.protocol}",
                    lambda c=client, m=method, k=kwargs: c.call(
                        "project.task", m, own.ids, **k
                    ),
                )
        self.finish()

    def test_an_onchange_shows_nothing_foreign(self):
        own = self.world.task(self.world.own)
        self.env.flush_all()
        spec = {"parent_id": {"fields": {"display_name": {}}}, "display_name": {}}
        for name, client in self.everybody("operator", "internal"):
            self.expect(
                False,
                f"onchange {name} {client.protocol}",
                lambda c=client: c.call(
                    "project.task",
                    "onchange",
                    own.ids,
                    values={"parent_id": self.foreign.id},
                    field_names=["parent_id"],
                    fields_spec=spec,
                ),
            )
        self.finish()

    def test_server_actions_keep_to_the_callers_rights(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Rename",
                "model_id": self.env["ir.model"]._get_id("project.task"),
                "state": "code",
                "code": "records.write({'name': 'renamed'})",
            }
        )
        self.env.flush_all()
        context = {
            "active_model": "project.task",
            "active_id": self.foreign.id,
            "active_ids": self.foreign.ids,
        }
        for name, client in self.everybody("operator", "auditor", "internal"):
            self.expect(
                False,
                f"run {name} {client.protocol}",
                lambda c=client: c.call(
                    "ir.actions.server", "run", action.ids, context=context
                ),
            )
            self.expect(
                False,
                f"create action {name} {client.protocol}",
                lambda c=client: c.call(
                    "ir.actions.server", "create", vals_list=[{"name": "x"}]
                ),
            )
        self.env.invalidate_all()
        self.assertEqual(self.foreign.name, "Foreign secret")
        self.finish()

    def test_private_methods_are_no_routes(self):
        client = self.clients["admin", "xmlrpc"]
        for model, method in (
            ("linkstar.secret", "_store"),
            ("linkstar.secret", "_match"),
            ("linkstar.audit.entry", "_append"),
            ("linkstar.fact", "_upsert"),
            ("linkstar.event", "_emit_batch"),
            ("linkstar.store.member", "_resolve"),
        ):
            self.expect(
                False, f"{model} {method}", lambda m=model, n=method: client.call(m, n)
            )
        self.finish()

    def test_secrets_are_not_shown_to_api_keys(self):
        client = self.clients["admin", "json2"]
        with self.assertRaises(Refused) as caught:
            client.call(
                "linkstar.secret",
                "reveal",
                res_model="linkstar.store",
                res_id=self.world.own.id,
                field="token",
                reason="try",
            )
        self.assertIn("API keys", str(caught.exception))

    def test_web_routes_of_a_foreign_task_are_closed(self):
        self.world.users["operator"].password = "matrix_operator_password"
        self.env.flush_all()
        standing = self.foreign.message_ids
        self.authenticate("matrix_operator", "matrix_operator_password")
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/web/content/{self.file.id}")
            self.assertNotIn(b"foreign bytes", answer.content)
            for route, params in (
                (
                    "/mail/message/post",
                    {
                        "thread_model": "project.task",
                        "thread_id": self.foreign.id,
                        "post_data": {"body": "x"},
                    },
                ),
                (
                    "/mail/thread/messages",
                    {"thread_model": "project.task", "thread_id": self.foreign.id},
                ),
            ):
                with self.subTest(route):
                    try:
                        answer = self.make_jsonrpc_request(route, params)
                    except JsonRpcException:
                        continue
                    self.assertNotIn("foreign words", str(answer))
        self.env.invalidate_all()
        self.assertEqual(self.foreign.message_ids, standing)
