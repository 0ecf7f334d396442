"""From a request to a response: authorisation, pace, faults, operation, log."""

import json

from . import (  # noqa: F401  (importing the modules registers their operations)
    ads,
    ads_reports,
    documents,
    finances,
    inbound,
    interventions,
    inventory,
    kiosk,
    listings,
    lwa,
    notifications,
    orders,
    pricing,
    reports,
    sales,
    sellers,
)
from .control import control
from .errors import Refusal, denied, not_found, throttled
from .faults import ANSWERS, CONTENT, TRANSPORT
from .operations import (
    ANY_TOKEN,
    GRANTLESS,
    NO_SCOPE,
    Call,
    Response,
    as_response,
    match,
)

REGION_PREFIXES = ("/na", "/eu", "/fe")
HTML_503 = (
    b"<html><head><title>503 Service Temporarily Unavailable</title></head>"
    b"<body><center><h1>503 Service Temporarily Unavailable</h1></center></body></html>"
)
#: Parameters that never enter the log.
SECRET_PARAMS = ("code", "client_secret", "refresh_token", "spapi_oauth_code")


def answer(world, request):
    """Return (response, transport faults) for a request.

    A path may begin with a region (``/eu/orders/...``): then, as at Amazon's regional
    addresses, only accounts of that region are served.
    """
    region = None
    for prefix in REGION_PREFIXES:
        if request.path.startswith(prefix + "/"):
            region, request.path = prefix[1:], request.path[len(prefix) :]
    if request.path.startswith("/_control/"):
        return control(world, request), []
    found, values = match(request.method, request.path)
    if found is None:
        body = not_found(f"No operation at {request.method} {request.path}.")
        return _refuse("sp", body), []
    with world.lock:
        call = Call(world, request, found, values)
        call.region = region
        return _serve(call)


def _serve(call):
    """Return (response, transport faults) of a call and log it."""
    family, early, struck, transport = call.operation.family, 0.0, [], []
    try:
        _authorise(call)
        early = _keep_pace(call)
        struck = _strike(call)
        transport = [f for f in call.faults if f.kind in TRANSPORT]
        response = _spoiled(call) or as_response(call.operation.handler(call))
    except Refusal as refusal:
        response = _refuse(family, refusal)
    if family == "sp":
        rate, _burst = call.world.pace.limit(_caller(call), call.operation)
        response.headers["x-amzn-RateLimit-Limit"] = f"{rate:g}"
    response.headers["x-amzn-RequestId"] = f"req-{len(call.world.calls) + 1:08d}"
    struck += call.struck
    params = getattr(call, "noted", None) or {
        name: values if len(values) > 1 else values[0]
        for name, values in call.request.query.items()
        if name not in SECRET_PARAMS
    }
    call.world.note(call, response.status, call.now, struck, early, params)
    if not struck:
        for observe in call.world.observers:
            observe(call, response)
    return response, transport


def _authorise(call):
    """Find out who calls and whether they may; refuses otherwise."""
    if call.operation.family == "sp":
        _authorise_seller(call)
    elif call.operation.family == "ads":
        _authorise_advertiser(call)


def _authorise_seller(call):
    token = call.request.headers.get("x-amz-access-token")
    if not token:
        raise denied("Access token is missing in the request header.")
    grant = call.world.lwa.grant(token)
    if grant is None or grant.kind == "ads":
        raise denied("The access token you provided is revoked, malformed or invalid.")
    call.account, call.application = grant.account, grant.application
    if not call.world.lwa.is_alive(grant):
        if call.account and call.account.revoked:
            text = "The access token you provided is revoked, malformed or invalid."
            raise denied(text)
        raise denied("The access token you provided has expired.")
    role = call.operation.role
    if grant.kind == "grantless":
        if role not in (GRANTLESS, ANY_TOKEN):
            raise denied("A grantless token cannot be used for this operation.")
        return
    if role == GRANTLESS:
        raise denied("This operation needs a grantless token.")
    if call.region and call.account.region != call.region:
        raise denied("The seller does not sell in the region of this endpoint.")
    if role not in (None, ANY_TOKEN) and role not in call.account.roles:
        raise denied(f"The application is not authorised for the role {role}.")


def _authorise_advertiser(call):
    scheme, _space, token = call.request.headers.get("Authorization", "").partition(" ")
    grant = call.world.lwa.grant(token) if scheme == "Bearer" else None
    if grant is None or grant.kind != "ads" or not call.world.lwa.is_alive(grant):
        raise Refusal(401, "UNAUTHORIZED", "Not authorized to access this resource")
    client = call.request.headers.get("Amazon-Advertising-API-ClientId")
    if client != grant.application.client_id:
        raise Refusal(401, "UNAUTHORIZED", "Invalid client id in the request header")
    call.account, call.application = grant.account, grant.application
    scope = call.request.headers.get("Amazon-Advertising-API-Scope")
    sites = {str(call.account.profile_id(m)): m for m in call.account.marketplaces}
    if scope:
        if scope not in sites:
            raise Refusal(
                401, "UNAUTHORIZED", f"Not authorized to access scope {scope}"
            )
        call.profile = sites[scope]
    elif call.operation.role != NO_SCOPE:
        raise Refusal(400, "400", "Missing Amazon-Advertising-API-Scope header")


def _caller(call):
    """Return the key under which Amazon counts calls: seller and application."""
    seller = call.account.seller_id if call.account else ""
    application = call.application.id if call.application else ""
    return f"{seller}/{application}"


def _keep_pace(call):
    """Count the call; refuse it, or return by how many seconds it was too early."""
    if call.operation.family not in ("sp", "ads"):
        return 0.0
    world = call.world
    early = world.pace.take(_caller(call), call.operation, world.clock.wire())
    if early and world.pace.enforced:
        raise throttled(call.operation.family, early)
    return early


def _strike(call):
    seller = call.account.seller_id if call.account else None
    call.faults = call.world.faults.strike(call.operation.name, seller)
    return [fault.kind for fault in call.faults if fault.kind not in CONTENT]


def _spoiled(call):
    """Return the response of a fault that replaces the answer, if there is one."""
    family = call.operation.family
    for fault in call.faults:
        if fault.kind in ANSWERS:
            status, code, message = ANSWERS[fault.kind]
            headers = {}
            if fault.kind == "error_429" and "retry_after" in fault.options:
                headers["Retry-After"] = str(fault.options["retry_after"])
            code = str(status) if family == "ads" else code
            return _refuse(family, Refusal(status, code, message, headers=headers))
        if fault.kind in ("html_503", "html_200"):
            status = 503 if fault.kind == "html_503" else 200
            return Response(status, HTML_503, {"Content-Type": "text/html"})
        if fault.kind == "bare_403":
            body = json.dumps({"message": "Forbidden"}).encode()
            return Response(403, body, {"Content-Type": "application/json"})
        if fault.kind == "huge":
            size = int(fault.options.get("bytes", 50_000_000))
            body = b'{"padding": "' + b"x" * size + b'"}'
            return Response(200, body, {"Content-Type": "application/json"})
        if fault.kind == "deep_json":
            depth = int(fault.options.get("depth", 100_000))
            body = b"[" * depth + b"]" * depth
            return Response(200, body, {"Content-Type": "application/json"})
    return None


def _refuse(family, refusal):
    body = refusal.body(family)
    headers = {"Content-Type": "application/json", **refusal.headers}
    return Response(refusal.status, body, headers)
