"""Encrypted values of other records."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.orm.models import NO_ACCESS

from odoo.addons.linkstar_project.engine import mask

from . import secret_access, secret_keys


class LinkstarSecret(models.Model):
    """One encrypted value of one record and field.

    Nobody has rights on this model: values are set and used by the server's own
    code, and shown by ``reveal`` to those whom the field's model names::

        _linkstar_secret_fields = {
            "password": {"kind": "password", "groups": "my_addon.group_x"},
        }

    ``kind`` chooses the mask, ``groups`` (comma separated) who may see the value
    in clear (nobody when missing), ``matchable`` keeps a keyed hash to find equal
    values.
    """

    _name = "linkstar.secret"
    _description = "Secret"
    _rec_name = "field"
    _allow_sudo_commands = False

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        model_field="res_model", required=True, readonly=True
    )
    field = fields.Char(required=True, readonly=True)
    ciphertext = fields.Text(
        required=True, readonly=True, groups=NO_ACCESS, prefetch=False
    )
    masked = fields.Char(readonly=True)
    match_hash = fields.Char(readonly=True, groups=NO_ACCESS, index="btree_not_null")

    _once = models.UniqueIndex(
        "(res_model, res_id, field)", "This field has a stored value already."
    )

    @api.model
    def reveal(self, res_model, res_id, field, reason):
        """Show a value in clear to the person who signed in, and log it.

        :param res_model: model of the record that owns the value
        :param res_id: its id
        :param field: name of the value
        :param reason: why it is needed; kept in the audit trail
        :return: the value (str)
        :raise AccessError: no right to it, or called by an API key
        """
        return secret_access.reveal_secret(self.env, res_model, res_id, field, reason)

    @api.model
    @api.private
    def _store(self, res_model, res_id, field, value):
        """Encrypt and keep a value; an empty one deletes what was stored.

        The caller has checked that the user may write the owner.

        :raise MissingKey: no key is configured; nothing was changed
        """
        secrets = self.sudo()
        found = secrets._find(res_model, res_id, field)
        if not value:
            found.unlink()
            return
        options = self._field_options(res_model, field)
        ring = secret_keys.keyring(self.env)
        values = {
            "ciphertext": ring.encrypt(value.encode(), (res_model, res_id, field)),
            "masked": mask.mask(value, options.get("kind", "password")),
            "match_hash": False,
        }
        if options.get("matchable"):
            hashes = secret_keys.keyring(self.env, secret_keys.HASH)
            values["match_hash"] = hashes.keyed_hash(value, f"{res_model}.{field}")
        if found:
            found.write(values)
        else:
            secrets.create(
                dict(values, res_model=res_model, res_id=res_id, field=field)
            )

    @api.model
    @api.private
    def _masked(self, res_model, res_ids, field):
        """Return ``{id: masked text}`` of stored values, for display."""
        found = self.sudo().search(
            [
                ("res_model", "=", res_model),
                ("res_id", "in", list(res_ids)),
                ("field", "=", field),
            ]
        )
        return {secret.res_id: secret.masked for secret in found}

    @api.model
    @api.private
    def _match(self, res_model, field, value):
        """Return ids of records whose stored value equals ``value``.

        Matching tells what is stored, so callers restrict, limit and log it.
        """
        return self._match_many(res_model, field, [value])[value]

    @api.model
    @api.private
    def _match_many(self, res_model, field, values):
        """Return ``{value: ids of records whose stored value equals it}``.

        One query whatever the number of values; see :meth:`_match`.
        """
        ring = secret_keys.keyring(self.env, secret_keys.HASH)
        values_of = defaultdict(list)
        for value in dict.fromkeys(values):
            for digest in ring.keyed_hashes(value, f"{res_model}.{field}"):
                values_of[digest].append(value)
        found = self.sudo().search(
            [
                ("res_model", "=", res_model),
                ("field", "=", field),
                ("match_hash", "in", list(values_of)),
            ]
        )
        ids = {value: [] for value in values}
        for secret in found:
            for value in values_of[secret.match_hash]:
                ids[value].append(secret.res_id)
        return ids

    @api.model
    @api.private
    def _forget(self, res_model, res_ids):
        """Delete every stored value of these records."""
        self.sudo().search(
            [("res_model", "=", res_model), ("res_id", "in", list(res_ids))]
        ).unlink()

    @api.model
    @api.private
    def _rotate(self, limit=1000):
        """Re-encrypt values that stand under an older key.

        :return: number of values still under an older key
        """
        ring = secret_keys.keyring(self.env)
        old = self.sudo().search([("ciphertext", "not like", f"v1.{ring.current}.%")])
        for secret in old[:limit]:
            place = (secret.res_model, secret.res_id, secret.field)
            clear = ring.decrypt(secret.ciphertext, place)
            secret.ciphertext = ring.encrypt(clear, place)
        return max(0, len(old) - limit)

    def _find(self, res_model, res_id, field):
        return self.search(
            [
                ("res_model", "=", res_model),
                ("res_id", "=", res_id),
                ("field", "=", field),
            ],
            limit=1,
        )

    def _field_options(self, res_model, field):
        model = self.env.get(res_model)
        declared = getattr(model, "_linkstar_secret_fields", {})
        return declared.get(field, {})

    def _check_reveal(self, res_model, res_id, field):
        """Raise AccessError unless this user may see the value in clear."""
        if res_model not in self.env:
            raise UserError(self.env._("There is no such kind of record."))
        groups = self._field_options(res_model, field).get("groups")
        if not groups or not self.env.user.has_groups(groups):
            raise AccessError(
                self.env._(
                    "You have no right to see this value in clear. Ask somebody of "
                    "compliance, or an administrator for the right."
                )
            )
        record = self.env[res_model].browse(res_id)
        record.check_access("read")

    @api.autovacuum
    def _gc_orphans(self):
        """Delete values whose record is gone."""
        owners = defaultdict(set)
        for model, res_id in self._read_group([], ["res_model", "res_id"]):
            owners[model].add(res_id)
        for model, ids in owners.items():
            if model not in self.env:
                continue
            records = self.env[model].with_context(active_test=False).browse(ids)
            gone = ids - set(records.exists().ids)
            if gone:
                self._forget(model, gone)
