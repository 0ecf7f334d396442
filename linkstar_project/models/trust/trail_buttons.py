"""From a store, a project or a person to their part of the trail."""

from odoo import models

TRAIL = "linkstar_project.linkstar_audit_entry_action"


def trail_action(env, name, domain, **chosen):
    """The trail of one thing: the action of the menu, narrowed.

    :param chosen: what an export from there starts with, as the wizard's fields
    """
    action = env["ir.actions.act_window"]._for_xml_id(TRAIL)
    action["name"] = env._("Trail: %s", name)
    action["domain"] = domain
    # No time filter: whoever comes from a record wants its whole story.
    action["context"] = {"linkstar_trail": chosen}
    return action


class LinkstarStore(models.Model):
    _inherit = "linkstar.store"

    def action_open_trail(self):
        """Show who did what in this store; the trail's own rule decides what."""
        self.ensure_one()
        self.check_access("read")
        domain = [("store_id", "=", self.id)]
        return trail_action(self.env, self.code, domain, store_ids=self.ids)


class ProjectProject(models.Model):
    _inherit = "project.project"

    def action_open_trail(self):
        """Show who did what in this project and its tasks."""
        self.ensure_one()
        self.check_access("read")
        domain = [("project_id", "=", self.id)]
        return trail_action(self.env, self.name, domain, project_ids=self.ids)

    def action_restore(self):
        """Bring archived projects back to the boards; their leads may."""
        self.check_access("read")
        self.sudo().store_id.with_env(self.env)._check_lead()
        archived = self.filtered(lambda p: not p.active and p._linkstar_is_launched())
        by_hand = archived.filtered(lambda project: not project.archived_at)
        by_hand.sudo().write({"active": True})
        # The retention archived the project only: core's way back would also bring
        # back tasks that somebody had archived one by one.
        kept = archived - by_hand
        models.BaseModel.write(kept.sudo(), {"active": True})
        kept._linkstar_audit_append(
            [(project_id, "write", "active", "no", "yes") for project_id in kept.ids]
        )
        return True


class ResUsers(models.Model):
    _inherit = "res.users"

    def action_open_trail(self):
        """Show what this person did."""
        self.ensure_one()
        self.check_access("read")
        domain = [("user_id", "=", self.id)]
        return trail_action(self.env, self.name, domain, user_ids=self.ids)


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    def action_open_trail(self):
        """Show what this employee did under any of their logins."""
        self.ensure_one()
        self.check_access("read")
        users = self.user_id._linkstar_same_person()
        domain = [("user_id", "in", users.ids)]
        return trail_action(self.env, self.name, domain, user_ids=users.ids)


class LinkstarStoreMember(models.Model):
    _inherit = "linkstar.store.member"

    def action_open_trail(self):
        """Show what this member did."""
        self.ensure_one()
        self.check_access("read")
        domain = [("user_id", "=", self.user_id.id)]
        name = self.user_id.name or self.display_name
        return trail_action(self.env, name, domain, user_ids=self.user_id.ids)
