"""Two ways in for a client: XML-RPC and JSON-2, with API keys."""

import xmlrpc.client
from datetime import datetime, timedelta

XMLRPC_ACCESS_ERROR = 4
XMLRPC_WARNING = 2


class Refused(Exception):
    """The server refused by rights (AccessError)."""


class Invalid(Exception):
    """The server refused for another reason that it explained to the reader."""


class Broken(Exception):
    """The server failed: a traceback reached the client."""


class Client:
    """One persona's way in over one protocol."""

    def __init__(self, case, user, protocol):
        self.case = case
        self.user = user
        self.protocol = protocol
        self.key = api_key(user)

    def call(self, model, method, ids=None, **kwargs):
        """Call a model's method; ``ids`` None calls it on the model."""
        if self.protocol == "xmlrpc":
            return self._xmlrpc(model, method, ids, kwargs)
        return self._json2(model, method, ids, kwargs)

    def _xmlrpc(self, model, method, ids, kwargs):
        args = [] if ids is None else [ids]
        if method == "create":
            args = [kwargs.pop("vals_list")]
        try:
            return self.case.xmlrpc_object.execute_kw(
                self.case.env.cr.dbname,
                self.user.id,
                self.key,
                model,
                method,
                args,
                kwargs,
            )
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == XMLRPC_ACCESS_ERROR:
                raise Refused(fault.faultString) from None
            if fault.faultCode == XMLRPC_WARNING:
                raise Invalid(fault.faultString) from None
            raise Broken(fault.faultString) from None

    def _json2(self, model, method, ids, kwargs):
        body = dict(kwargs)
        if ids is not None:
            body["ids"] = ids
        answer = self.case.url_open(
            f"/json/2/{model}/{method}",
            json=body,
            headers={"Authorization": f"bearer {self.key}"},
        )
        if answer.status_code == 200:
            return answer.json()
        if answer.status_code == 403:
            raise Refused(answer.text)
        if answer.status_code in (404, 422):
            raise Invalid(answer.text)
        raise Broken(f"{answer.status_code} {answer.text}")


def api_key(user):
    keys = user.env["res.users.apikeys"].with_user(user)
    return keys._generate(None, "matrix", datetime.now() + timedelta(days=0.5))
