"""Login with Amazon: grants, expiry, revocation, rotation, consent."""

import http.client
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from ad_api.api import Profiles
from ad_api.auth.exceptions import AuthorizationError as AdsAuthorizationError
from sp_api.api import Sellers
from sp_api.auth.exceptions import AuthorizationError
from sp_api.base import SellingApiForbiddenException

from tests.amazon.client import clear_token_caches


def get(amazon, path, **query):
    """Return (status, headers, body) of a plain request; redirects are not followed."""
    connection = http.client.HTTPConnection(urlsplit(amazon.url).netloc, timeout=10)
    connection.request("GET", f"{path}?{urlencode(query)}")
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, response.headers, body


def code_of(amazon, account="eu", **query):
    """Return the values with which the consent page sends the seller back."""
    status, headers, _body = get(
        amazon,
        "/apps/authorize/consent",
        application_id=amazon.state["applications"][0]["id"],
        redirect_uri="https://shop.example/callback?db=x",
        state="s1",
        account=amazon.account(account)["seller_id"],
        **query,
    )
    assert status == 302
    target = urlsplit(headers["Location"])
    assert target.netloc == "shop.example"
    return {k: v[0] for k, v in parse_qs(target.query).items()}


def exchange(amazon, code):
    """Exchange a code through the real token client."""
    return amazon.sp(Sellers, "eu")._auth.authorize_auth_code(code)


def participations(amazon, account="eu"):
    return amazon.sp(Sellers, account).get_marketplace_participation().payload


def test_a_refresh_token_opens_the_sellers_own_account(amazon):
    codes = {row["marketplace"]["countryCode"] for row in participations(amazon)}
    assert codes == {"DE", "FR", "IT", "ES", "GB"}
    assert (
        amazon.sp(Sellers, "na").get_account().payload["sellingPlan"] == "PROFESSIONAL"
    )


def test_suspended_and_missing_marketplaces_are_told(amazon):
    amazon.post("account", account="eu", suspended=["FR"], not_participating=["ES"])
    found = {
        row["marketplace"]["countryCode"]: row["participation"]
        for row in participations(amazon)
    }
    assert found["FR"]["hasSuspendedListings"] and not found["ES"]["isParticipating"]
    assert found["DE"] == {"isParticipating": True, "hasSuspendedListings": False}


def test_an_access_token_lives_for_an_hour(amazon):
    sellers = amazon.sp(Sellers, "eu")
    sellers.get_marketplace_participation()
    amazon.post("clock", minutes=60)
    sellers.get_marketplace_participation()
    amazon.post("clock", seconds=1)
    with pytest.raises(SellingApiForbiddenException) as caught:
        sellers.get_marketplace_participation()
    assert "expired" in caught.value.error[0]["details"]
    clear_token_caches()
    assert sellers.get_marketplace_participation().payload


def test_tokens_may_be_made_to_expire_early(amazon):
    participations(amazon)
    amazon.post("account", account="eu", expire_tokens=True)
    with pytest.raises(SellingApiForbiddenException):
        participations(amazon)


def test_a_revoked_account_gets_no_token_and_a_new_one_after_consent(amazon):
    participations(amazon)
    old = amazon.account("eu")["refresh_token"]
    amazon.post("account", account="eu", revoked=True)
    with pytest.raises(SellingApiForbiddenException):
        participations(amazon)
    clear_token_caches()
    with pytest.raises(AuthorizationError) as caught:
        participations(amazon)
    assert caught.value.error_code == "invalid_grant"
    answer = exchange(amazon, code_of(amazon)["spapi_oauth_code"])
    assert answer["refresh_token"] != old
    with pytest.raises(AuthorizationError):
        participations(amazon)
    amazon.refresh()
    assert participations(amazon)


def test_an_unknown_client_and_a_wrong_secret_are_refused(amazon):
    application = amazon.state["applications"][0]
    for name in ("client_id", "client_secret"):
        clear_token_caches()
        good, application[name] = application[name], "wrong"
        with pytest.raises(AuthorizationError) as caught:
            participations(amazon)
        assert caught.value.error_code == "invalid_client"
        application[name] = good


def test_a_rotated_secret_works_and_the_old_one_ends_after_its_grace(amazon):
    old = dict(amazon.state["applications"][0])
    amazon.post("application", rotate=True, grace_seconds=600)
    participations(amazon)
    amazon.advance(minutes=11)
    with pytest.raises(AuthorizationError):
        participations(amazon)
    new = amazon.refresh()["applications"][0]
    assert new["client_secret"] != old["client_secret"]
    assert participations(amazon)


def test_a_code_works_once_and_for_five_minutes(amazon):
    values = code_of(amazon)
    assert values["state"] == "s1" and values["db"] == "x"
    assert values["selling_partner_id"] == amazon.account("eu")["seller_id"]
    answer = exchange(amazon, values["spapi_oauth_code"])
    assert answer["refresh_token"] == amazon.account("eu")["refresh_token"]
    assert answer["expires_in"] == 3600
    with pytest.raises(AuthorizationError):
        exchange(amazon, values["spapi_oauth_code"])
    late = code_of(amazon)["spapi_oauth_code"]
    amazon.post("clock", minutes=6)
    with pytest.raises(AuthorizationError):
        exchange(amazon, late)


def test_the_consent_page_lets_a_person_choose_the_account(amazon):
    application = amazon.state["applications"][0]["id"]
    query = {"application_id": application, "state": "a&b", "redirect_uri": "http://x/"}
    status, _headers, body = get(amazon, "/apps/authorize/consent", **query)
    assert status == 200
    for account in amazon.state["accounts"]:
        assert f"account={account['seller_id']}" in body
    assert "state=a%26b" in body


def test_a_draft_application_needs_version_beta(amazon):
    amazon.post("application", is_draft=True, redirect_uris=["https://x.example/cb"])
    application = amazon.state["applications"][0]["id"]
    query = {"application_id": application, "state": "s"}
    assert get(amazon, "/apps/authorize/consent", **query)[0] == 400
    assert get(amazon, "/apps/authorize/consent", version="beta", **query)[0] == 200
    assert get(amazon, "/apps/authorize/consent", application_id="other")[0] == 400


def test_advertisers_consent_by_login_with_amazon(amazon):
    application = amazon.state["applications"][0]
    status, headers, _body = get(
        amazon,
        "/ap/oa",
        client_id=application["client_id"],
        scope="advertising::campaign_management",
        response_type="code",
        redirect_uri="https://shop.example/ads",
        state="s2",
        account=amazon.account("eu")["seller_id"],
    )
    assert status == 302
    code = parse_qs(urlsplit(headers["Location"]).query)["code"][0]
    answer = amazon.ads(Profiles, "eu")._auth.authorize_auth_code(code)
    assert answer["refresh_token"] == amazon.account("eu")["ads_refresh_token"]


def test_ads_tokens_and_seller_tokens_do_not_mix(amazon):
    state = amazon.account("eu")
    state["refresh_token"], state["ads_refresh_token"] = (
        state["ads_refresh_token"],
        state["refresh_token"],
    )
    with pytest.raises(SellingApiForbiddenException):
        participations(amazon)
    with pytest.raises(Exception, match="401"):
        amazon.ads(Profiles, "eu").list_profiles()


def test_ads_refresh_tokens_can_be_revoked_too(amazon):
    amazon.post("account", account="eu", revoked=True)
    with pytest.raises(AdsAuthorizationError):
        amazon.ads(Profiles, "eu").list_profiles()


def test_a_call_without_a_token_is_refused(amazon):
    status, _headers, body = get(amazon, "/sellers/v1/marketplaceParticipations")
    assert status == 403 and "Access token is missing" in body


def test_a_regional_address_serves_its_region_only(amazon):
    right = amazon.sp(Sellers, "eu", endpoint=f"{amazon.url}/eu")
    assert right.get_marketplace_participation().payload
    wrong = amazon.sp(Sellers, "eu", endpoint=f"{amazon.url}/na")
    with pytest.raises(SellingApiForbiddenException):
        wrong.get_marketplace_participation()


def test_secrets_do_not_enter_the_log_of_calls(amazon):
    participations(amazon)
    exchange(amazon, code_of(amazon)["spapi_oauth_code"])
    log = str(amazon.calls())
    assert "Atz" not in log and "amzn1.oa2-cs" not in log
    assert [c["operation"] for c in amazon.calls()][0] == "lwa.token"
