"""requests-oauthlib. Prints what it met as JSON."""

import json
import os
from urllib.parse import quote

import requests
from oauthlib.oauth2 import BackendApplicationClient
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

issuer, resource = os.environ["ISSUER"], os.environ["RESOURCE"]
client_id, client_secret = os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]

metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=20).json()

ways = {
    "client_secret_basic": {"auth": HTTPBasicAuth(client_id, client_secret)},
    "client_secret_post": {"include_client_id": True, "client_secret": client_secret},
}
met = []
for way, said in ways.items():
    session = OAuth2Session(client=BackendApplicationClient(client_id, scope=["invoices:read"]))
    token = session.fetch_token(metadata["token_endpoint"], resource=resource, **said)
    text = token["access_token"]

    def asks(permission):
        url = f"{issuer}/gateway/auth?permission={permission}&audience={quote(resource, safe='')}"
        return session.get(url, timeout=20).status_code

    def posts(endpoint):
        """To the endpoints that it has no words of its own for."""
        form, auth = {"token": text}, said.get("auth")
        if auth is None:
            form |= {"client_id": client_id, "client_secret": client_secret}
        answer = session.post(metadata[endpoint], data=form, auth=auth, withhold_token=True, timeout=20)
        answer.raise_for_status()
        return answer

    before = [asks("invoices:read"), asks("invoices:write")]
    introspected = posts("introspection_endpoint").json()
    posts("revocation_endpoint")
    met.append({
        "way": way,
        "token_type": token["token_type"],
        "expires_in": token["expires_in"],
        "scope": " ".join(token["scope"]),
        "subject": introspected["sub"],
        "before": before,
        "introspected": introspected,
        "after": asks("invoices:read"),
        "introspected_after": posts("introspection_endpoint").json(),
    })
print(json.dumps(met))
