"""Browser push: to the browsers in which a person has allowed it."""

import json
from types import SimpleNamespace

from odoo import models

from odoo.addons.linkstar_project.engine import channel_formats
from odoo.addons.mail.tools.web_push import push_to_end_point

from ..trust import outgoing

#: Services of the browsers' makers; a browser names its own when it is registered,
#: and whoever registers one chooses the address.
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
#: The browser has withdrawn its permission.
GONE = (404, 410)
#: One message shows so many subjects; the rest is counted in its headline.
SHOWN = 4


class _CheckedSession:
    """Stands in for the session that core posts with: our rules of calling hold.

    Core writes addresses of refused calls into the log, and they are keys: so it is
    always told that all went well, and ``status`` holds what came of it.
    """

    def __init__(self, env):
        self.env = env
        self.status = 0

    def post(self, url, headers, data, timeout):
        answer = outgoing.send(
            self.env,
            "POST",
            url,
            PUSH_HOSTS,
            body=data,
            headers=headers,
            timeout=timeout,
        )
        self.status = answer.status
        return SimpleNamespace(status_code=201, text="")


class LinkstarChannel(models.Model):
    _inherit = "linkstar.channel"

    def _deliver_push(self, rows):
        """Push one message to every browser of the rows' reader."""
        reader = rows.user_id
        devices = self.env["mail.push.device"].sudo()
        found = devices.search([("partner_id", "=", reader.partner_id.id)])
        parameters = self.env["ir.config_parameter"].sudo()
        keys = [
            parameters.get_param(f"mail.web_push_vapid_{half}_key")
            for half in ("private", "public")
        ]
        if not found or not all(keys):
            rows._fail(
                "dead",
                self.env._(
                    "%(person)s has allowed no browser to show notifications. They do "
                    "so with the bell beside the address of Odoo.",
                    person=reader.name,
                ),
            )
            return
        payload = self._push_payload(rows)
        verdicts, error = set(), None
        for device in found:
            verdict, reason = self._push_once(device, payload, keys)
            error = reason or error
            verdicts.add(verdict)
        self._settle_push(rows, verdicts, error)

    def _push_payload(self, rows):
        lines = rows._lines()
        title = rows._headline(len(lines))
        if len(lines) == 1:
            title = channel_formats.one_line(f"{lines[0].code} {lines[0].title}")
        return json.dumps(
            {
                "title": title,
                "options": {
                    "body": "\n".join(
                        channel_formats.one_line(f"{line.title} · {line.date}")
                        for line in lines[:SHOWN]
                    ),
                    "icon": "/linkstar_project/static/description/icon.png",
                    "data": {"model": rows[0].res_model, "res_id": rows[0].res_id},
                },
            }
        )

    def _push_once(self, device, payload, keys):
        """Call one browser's service; return ``(verdict, error or None)``."""
        session = _CheckedSession(self.env)
        try:
            push_to_end_point(
                self.get_base_url(),
                {"endpoint": device.endpoint, "keys": device.keys},
                payload,
                *keys,
                session,
            )
        except outgoing.OutgoingBlocked as error:
            return "blocked", error
        except outgoing.NotSent as error:
            return channel_formats.RETRY, error
        except outgoing.Unanswered as error:
            return channel_formats.UNCERTAIN, error
        except (ValueError, KeyError, TypeError):  # keys that no browser makes
            device.unlink()
            return channel_formats.DEAD, None
        if session.status in GONE:
            device.unlink()
            return channel_formats.DEAD, None
        verdict, _code = channel_formats.read_answer("webhook", session.status, b"")
        return verdict, None

    def _settle_push(self, rows, verdicts, error):
        """Write what came of it: one browser that took it is enough."""
        if channel_formats.SENT in verdicts:
            rows._succeed()
            self._note("")
        elif channel_formats.UNCERTAIN in verdicts:
            rows._fail("uncertain", str(error))
        elif channel_formats.RETRY in verdicts:
            rows._retry(self._reason(channel_formats.RETRY, "push"))
        elif "blocked" in verdicts:
            self._postpone(rows, error)
        else:
            rows._fail(
                "dead",
                self.env._(
                    "No browser of %(person)s takes notifications any more. They "
                    "allow them again with the bell beside the address of Odoo.",
                    person=rows.user_id.name,
                ),
            )
