"""Authlib, with the keys for its tokens read by joserfc, its companion. Prints what it met as JSON."""

import json
import os
import time
from urllib.parse import quote

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

issuer, resource = os.environ["ISSUER"], os.environ["RESOURCE"]
client_id, client_secret = os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]

metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=20).json()
keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=20).json())

met = []
for way in metadata["token_endpoint_auth_methods_supported"]:
    session = OAuth2Session(
        client_id,
        client_secret,
        scope="invoices:read",
        token_endpoint_auth_method=way,
        revocation_endpoint_auth_method=way,
    )
    token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials", resource=resource)
    text = token["access_token"]

    read = jwt.decode(text, keys, algorithms=["ES256"])
    essential = {"essential": True}
    # A resource server whose clock is behind, and that forgives nothing.
    behind = int(time.time()) - 2
    jwt.JWTClaimsRegistry(
        now=behind, leeway=0, iat=essential, nbf=essential,
        iss={**essential, "value": issuer}, aud={**essential, "value": resource}, exp=essential
    ).validate(read.claims)

    def asks(permission):
        url = f"{issuer}/gateway/auth?permission={permission}&audience={quote(resource, safe='')}"
        return session.get(url, timeout=20).status_code

    before = [asks("invoices:read"), asks("invoices:write")]
    introspected = session.introspect_token(metadata["introspection_endpoint"], token=text).json()
    session.revoke_token(metadata["revocation_endpoint"], token=text).raise_for_status()
    met.append({
        "way": way,
        "token_type": token["token_type"],
        "expires_in": token["expires_in"],
        "scope": token["scope"],
        "subject": read.claims["sub"],
        "before": before,
        "introspected": introspected,
        "after": asks("invoices:read"),
        "introspected_after": session.introspect_token(metadata["introspection_endpoint"], token=text).json(),
    })
print(json.dumps(met))
