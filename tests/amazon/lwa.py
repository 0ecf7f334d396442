"""Login with Amazon: tokens, and the consent pages that start an authorisation."""

import base64
import hashlib
import html
import json
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from .errors import Refusal
from .operations import Response, operation

TOKEN_PATH = "/auth/o2/token"
ACCESS_SECONDS = 3600
CODE_SECONDS = 300


@dataclass
class Grant:
    """What an access token or an authorisation code stands for."""

    kind: str
    application: object
    account: object
    expires: float
    scope: str = ""


class Lwa:
    """The tokens a server has issued."""

    def __init__(self, seed, wire):
        self._seed = seed
        self._wire = wire
        self._count = 0
        self.access = {}
        self.codes = {}
        self.access_seconds = ACCESS_SECONDS

    def issue_access(self, kind, application, account, scope=""):
        """Return a new access token (kind sp, ads or grantless)."""
        token = self._new("Atza|")
        expires = self._wire() + self.access_seconds
        self.access[token] = Grant(kind, application, account, expires, scope)
        return token

    def issue_code(self, kind, application, account):
        """Return a new authorisation code, good once and for five minutes."""
        code = self._new("AN")
        expires = self._wire() + CODE_SECONDS
        self.codes[code] = Grant(kind, application, account, expires)
        return code

    def take_code(self, code):
        """Return the grant of a code and forget it; None if it is unknown or old."""
        grant = self.codes.pop(code, None)
        return grant if grant and self._wire() <= grant.expires else None

    def grant(self, token):
        """Return the grant of an access token, expired or not; None if unknown."""
        return self.access.get(token)

    def is_alive(self, grant):
        """Whether an access grant still holds."""
        revoked = grant.account is not None and grant.account.revoked
        return self._wire() <= grant.expires and not revoked

    def expire(self, seller_id=None):
        """Let the access tokens of one seller, or all, expire at once."""
        for grant in self.access.values():
            if seller_id in (None, grant.account and grant.account.seller_id):
                grant.expires = self._wire() - 1

    def _new(self, prefix):
        self._count += 1
        text = f"{self._seed}/{self._count}/{prefix}".encode()
        digest = hashlib.sha256(text).digest()
        return prefix + base64.urlsafe_b64encode(digest).decode().rstrip("=")


@operation("lwa.token", "POST", TOKEN_PATH, rate=10, burst=100, family="lwa")
def token(call):
    """Answer the three grants of the token endpoint."""
    form = _form(call.request)
    grant_type = form.get("grant_type")
    call.noted = {"grant_type": grant_type}
    application = _application(call.world, form)
    if grant_type == "refresh_token":
        return _refresh(call, application, form)
    if grant_type == "authorization_code":
        return _exchange(call, application, form)
    if grant_type == "client_credentials":
        scope = form.get("scope", "")
        if not scope.startswith("sellingpartnerapi::"):
            raise Refusal(400, "invalid_scope", "The requested scope is invalid.")
        access = call.world.lwa.issue_access("grantless", application, None, scope)
        return _answer(call, access, None)
    message = "The authorization grant type is not supported."
    raise Refusal(400, "unsupported_grant_type", message)


def _refresh(call, application, form):
    wanted = form.get("refresh_token", "")
    for account in call.world.accounts:
        for kind, name in (("sp", "refresh_token"), ("ads", "ads_refresh_token")):
            if wanted and wanted == getattr(account, name) and not account.revoked:
                call.account = account
                access = call.world.lwa.issue_access(kind, application, account)
                return _answer(call, access, wanted)
    raise Refusal(
        400,
        "invalid_grant",
        "The request has an invalid grant parameter : refresh_token. "
        "User may have revoked or didn't grant the permission.",
    )


def _exchange(call, application, form):
    grant = call.world.lwa.take_code(form.get("code", ""))
    if grant is None or grant.application is not application:
        message = "The request has an invalid grant parameter : code"
        raise Refusal(400, "invalid_grant", message)
    call.account = grant.account
    if grant.account.revoked:
        grant.account.renew()
    access = call.world.lwa.issue_access(grant.kind, application, grant.account)
    name = "refresh_token" if grant.kind == "sp" else "ads_refresh_token"
    return _answer(call, access, getattr(grant.account, name))


def _answer(call, access, refresh):
    content = {
        "access_token": access,
        "token_type": "bearer",
        "expires_in": call.world.lwa.access_seconds,
    }
    if refresh:
        content["refresh_token"] = refresh
    headers = {"Content-Type": "application/json;charset=UTF-8"}
    headers["Cache-Control"] = "no-store"
    return Response(200, json.dumps(content).encode(), headers)


def _form(request):
    pairs = parse_qs(request.body.decode("utf-8", "replace"))
    return {name: values[-1] for name, values in pairs.items()}


def _application(world, form):
    for application in world.applications:
        if application.client_id == form.get("client_id"):
            expires = application.secrets.get(form.get("client_secret"), 0.0)
            if expires is None or expires > world.clock.wire():
                return application
    raise Refusal(401, "invalid_client", "Client authentication failed")


# --- consent -------------------------------------------------------------------------


@operation("consent", "GET", "/apps/authorize/consent", 10, 100, family="page")
def seller_consent(call):
    """Seller Central's page on which a seller grants an application access.

    ``account`` in the query (a seller id) answers for the person, as tests do.
    """
    wanted = call.text("application_id")
    found = [a for a in call.world.applications if a.id == wanted]
    if not found:
        return _page(400, "<h1>MD1000</h1><p>Unknown application_id.</p>")
    if found[0].is_draft and call.text("version") != "beta":
        return _page(
            400, "<h1>MD9100</h1><p>A draft application needs version=beta.</p>"
        )
    target = call.text("redirect_uri") or (found[0].redirect_uris or [None])[0]
    return _consent(call, "sp", found[0], target, "spapi_oauth_code")


@operation("ads.consent", "GET", "/ap/oa", 10, 100, family="page")
def ads_consent(call):
    """Login with Amazon's page on which an advertiser grants access."""
    wanted = call.text("client_id")
    found = [a for a in call.world.applications if a.client_id == wanted]
    if not found:
        return _page(400, "<h1>400</h1><p>An unknown client was requested.</p>")
    if "advertising::" not in call.text("scope", ""):
        return _page(400, "<h1>400</h1><p>An unknown scope was requested.</p>")
    return _consent(call, "ads", found[0], call.text("redirect_uri"), "code")


def _consent(call, kind, application, target, code_name):
    if not target or urlsplit(target).scheme not in ("http", "https"):
        return _page(400, "<h1>400</h1><p>No redirect address is registered.</p>")
    chosen = call.text("account")
    for account in call.world.accounts:
        if account.seller_id == chosen:
            values = {code_name: call.world.lwa.issue_code(kind, application, account)}
            if kind == "sp":
                values["selling_partner_id"] = account.seller_id
            if call.text("state"):
                values["state"] = call.text("state")
            joint = "&" if urlsplit(target).query else "?"
            return Response(302, b"", {"Location": target + joint + urlencode(values)})
    query = {name: values[-1] for name, values in call.request.query.items()}
    rows = []
    for account in call.world.accounts:
        link = "?" + urlencode(dict(query, account=account.seller_id))
        codes = ", ".join(site.code for site in account.marketplaces)
        text = html.escape(f"{account.name} ({codes}), {account.seller_id}")
        rows.append(f'<li><a href="{html.escape(link)}">Allow as {text}</a></li>')
    return _page(200, f"<h1>Grant access</h1><ul>{''.join(rows)}</ul>")


def _page(status, content):
    page = f"<!doctype html><meta charset=utf-8><title>Amazon stand-in</title>{content}"
    return Response(status, page.encode(), {"Content-Type": "text/html;charset=UTF-8"})
