"""The full matrix: group × model × operation × own or other store, over RPC."""

import importlib
import pkgutil

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from . import table
from .rpc import Broken, Client, Invalid, Refused
from .world import World

PACKAGE = __name__.rpartition(".")[0]
PROTOCOLS = ("xmlrpc", "json2")


def registrations():
    """Yield the modules ``matrix_<addon>`` beside this file."""
    package = importlib.import_module(PACKAGE)
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("matrix_"):
            yield importlib.import_module(f"{PACKAGE}.{info.name}")


class MatrixCase(HttpCase):
    """Rows of the installed addons, and one client a persona and protocol."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        personas = dict(table.PERSONAS)
        cls.rows, cls.known, setups = [], set(), []
        for module in registrations():
            rows = module.ROWS
            cls.known |= {row.model for row in rows}
            installed = [row for row in rows if row.model in cls.env]
            if not installed:
                continue
            cls.rows += installed
            personas |= getattr(module, "PERSONAS", {})
            setups.append(getattr(module, "prepare", None))
        cls.world = World(cls.env, personas)
        for setup in filter(None, setups):
            setup(cls.world)
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.world.env = self.env
        self.clients = {
            (name, protocol): Client(self, user.with_env(self.env), protocol)
            for name, user in self.world.users.items()
            for protocol in PROTOCOLS
        }
        self.failures = []

    def expect(self, allowed, where, call):
        """Call, and note when rights differ from the table."""
        self.env.flush_all()
        try:
            call()
        except Refused as error:
            if allowed:
                self.failures.append(f"{where}: refused\n    {str(error)[:300]}")
            return False
        except Invalid as error:
            if not allowed:
                self.failures.append(f"{where}: not refused by rights: {error}"[:400])
            elif "unlink" not in where:
                self.failures.append(f"{where}: {str(error)[:300]}")
            return False
        except Broken as error:
            self.failures.append(f"{where}: BROKEN {str(error)[-600:]}")
            return False
        if not allowed:
            self.failures.append(f"{where}: ALLOWED")
        return True

    def finish(self):
        if self.failures:
            self.fail("\n" + "\n".join(self.failures))


@tagged("post_install", "-at_install")
class TestMatrix(MatrixCase):
    """Each row of the table holds over both protocols."""

    def test_every_model_has_a_row(self):
        """A new model without a row fails here."""
        missing = [
            name
            for name in self.env.registry
            if name.startswith("linkstar.")
            and not self.env[name]._abstract
            and name not in self.known
        ]
        self.assertFalse(missing, "models without a row in tests/security/matrix_*.py")

    def test_no_model_without_global_store_rules(self):
        """Models that point at a store are isolated by rules of no group."""
        naked = []
        for name in self.env.registry:
            model = self.env[name]
            if not name.startswith("linkstar.") or model._abstract or model._transient:
                continue
            field = model._fields.get("store_id")
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", name), ("groups", "=", False)]
            )
            if field and field.store and not rules.filtered("perm_read"):
                naked.append(name)
        self.assertFalse(naked, "models of a store without a global rule")

    def test_no_related_field_relies_on_groups(self):
        """Search, group and sum leak a related field that only groups protect."""
        leaking = [
            f"{name}.{field.name}"
            for name in self.env.registry
            for field in self.env[name]._fields.values()
            if field.groups
            and field.related
            and not field.store
            and (field._module or "").startswith("linkstar")
        ]
        self.assertFalse(leaking)

    # Who may delete is told by the database where something still points there.
    @mute_logger("odoo.sql_db")
    def test_rows_hold(self):
        """Every right of the table, and no other."""
        for row in self.rows:
            if isinstance(row, table.Row):
                self.walk(row)
        self.finish()

    def test_nobody_reaches_system_models(self):
        """Secrets and their like are out of reach for every persona."""
        for row in self.rows:
            if isinstance(row, table.System):
                record = row.make(self.world, self.world.own)
                for (persona, protocol), client in self.clients.items():
                    where = f"{row.model} {persona} {protocol}"
                    self.read_only(client, row.model, record, False, where)
                    self.expect(
                        False,
                        f"{where} write",
                        lambda c=client, r=record: c.call(
                            r._name, "write", r.ids, vals={}
                        ),
                    )
        self.finish()

    def test_wizards_are_private(self):
        """A wizard opens for those named, and shows itself to its author only."""
        for row in self.rows:
            if isinstance(row, table.Wizard):
                may = set(row.may.split())
                self.wizard(row, may)
        self.finish()

    # -- one row -----------------------------------------------------------------------

    def walk(self, row):
        """Walk one row; records are made anew only after somebody changed them."""
        scopes = (True,) if row.shared else (True, False)
        for is_own in scopes:
            store = self.world.own if is_own else self.world.other
            record = row.record(self.world, store)
            values = self.values(row, store)
            for (persona, protocol), client in self.clients.items():
                rights = row.rights(persona, is_own)
                where = f"{row.model} {persona} {'own' if is_own else 'other'}"
                where = f"{where} {protocol}"
                self.env.flush_all()
                if row.domain:
                    self.group(client, row, record, "r" in rights, where)
                    continue
                self.read_only(client, row.model, record, "r" in rights, where)
                self.write(client, row, record, values, rights, where)
                if "u" in rights:
                    record = row.record(self.world, store)
                if "c" in rights:
                    values = self.values(row, store)

    def values(self, row, store):
        return row.values(self.world, store) if row.values else {}

    def read_only(self, client, model, record, allowed, where):
        ids = record.ids
        self.expect(
            allowed,
            f"{where} read",
            lambda: client.call(model, "read", ids, fields=["display_name"]),
        )
        self.find(client, model, record, allowed, where)
        if client.protocol == "json2":
            return
        self.expect(
            allowed,
            f"{where} web_read",
            lambda: client.call(
                model, "web_read", ids, specification={"display_name": {}}
            ),
        )
        if not allowed:
            self.expect(
                False,
                f"{where} export_data",
                lambda: client.call(
                    model, "export_data", ids, fields_to_export=["display_name"]
                ),
            )

    def find(self, client, model, record, allowed, where):
        """Searching, counting and grouping never show what reading refuses."""
        domain = [("id", "in", record.ids)]
        routes = {
            "search": dict(domain=domain),
            "search_count": dict(domain=domain),
        }
        if client.protocol == "xmlrpc":
            routes["name_search"] = dict(domain=domain)
            routes["formatted_read_group"] = dict(
                domain=domain, groupby=[], aggregates=["__count"]
            )
            routes["web_search_read"] = dict(
                domain=domain, specification={"display_name": {}}
            )
        for method, kwargs in routes.items():
            try:
                found = amount(client.call(model, method, **kwargs))
            except Refused:
                found = 0
            except (Invalid, Broken) as error:
                self.failures.append(f"{where} {method}: {str(error)[-300:]}")
                continue
            if bool(found) != allowed:
                self.failures.append(f"{where} {method}: found {found}")

    def group(self, client, row, record, allowed, where):
        """Group a report by a domain: it has no ids that a client could send."""
        kwargs = dict(
            domain=row.domain(record),
            groupby=list(row.groupby),
            aggregates=["__count"],
        )
        try:
            found = client.call(row.model, "formatted_read_group", **kwargs)
        except Refused:
            found = []
        count = sum(group["__count"] for group in found)
        if bool(count) != allowed:
            self.failures.append(f"{where} formatted_read_group: found {count}")

    def write(self, client, row, record, values, rights, where):
        if row.change or "w" not in rights:
            self.expect(
                "w" in rights,
                f"{where} write",
                lambda: client.call(row.model, "write", record.ids, vals=row.change),
            )
        if row.values or "c" not in rights:
            self.expect(
                "c" in rights,
                f"{where} create",
                lambda: client.call(row.model, "create", vals_list=[values]),
            )
        self.expect(
            "u" in rights,
            f"{where} unlink",
            lambda: client.call(row.model, "unlink", record.ids),
        )

    def wizard(self, row, may):
        for persona in self.world.users:
            if persona in table.BASED_ON and persona not in may:
                # It opens what the other opens, where it needs no store of its own.
                continue
            client = self.clients[persona, "xmlrpc"]
            values = row.values(self.world, self.world.own)
            where = f"{row.model} {persona}"
            made = []

            def create(client=client, values=values, made=made):
                made.extend(client.call(row.model, "create", vals_list=[values]))

            if self.expect(persona in may, f"{where} create", create):
                other = "operator" if persona != "operator" else "lead"
                stranger = self.clients[other, "xmlrpc"]
                self.find(
                    stranger,
                    row.model,
                    self.env[row.model].browse(made),
                    False,
                    f"{where} seen by {other}",
                )


def amount(answer):
    """Return how many records an answer of a search, count or group shows."""
    if isinstance(answer, int):
        return answer
    if isinstance(answer, dict):
        return answer["length"]
    if answer and isinstance(answer[0], dict):
        return answer[0]["__count"]
    return len(answer)
