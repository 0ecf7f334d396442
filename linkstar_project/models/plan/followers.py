"""Followers of many records in two statements."""

from odoo.tools import SQL


def insert_followers(env, model, by_user):
    """Subscribe users; those who follow already stay as they are.

    :param env: superuser environment
    :param by_user: ``{user id: record ids}``; people who may see the records
    """
    users = env["res.users"].browse(by_user)
    partners = {user.id: user.partner_id.id for user in users}
    pairs = {(res, partners[user]) for user, ids in by_user.items() for res in ids}
    if not pairs:
        return
    subtypes, _internal, _external = (
        env["mail.message.subtype"].sudo().default_subtypes(model)
    )
    res_ids, partner_ids = zip(*sorted(pairs), strict=True)
    env.cr.execute(
        SQL(
            """
            WITH added AS (
                INSERT INTO mail_followers (res_model, res_id, partner_id)
                SELECT %s, * FROM unnest(%s::int[], %s::int[])
                    ON CONFLICT DO NOTHING
             RETURNING id)
            INSERT INTO mail_followers_mail_message_subtype_rel
                   (mail_followers_id, mail_message_subtype_id)
            SELECT added.id, subtype FROM added, unnest(%s::int[]) AS subtype
            """,
            model,
            list(res_ids),
            list(partner_ids),
            subtypes.ids,
        )
    )
    env["mail.followers"].invalidate_model()
    names = ["message_follower_ids", "message_partner_ids", "message_is_follower"]
    env[model].invalidate_model(names, flush=False)
