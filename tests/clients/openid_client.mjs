// openid-client, which finds everything by discovery (RFC 8414). Prints what it met as JSON.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, RESOURCE, PACKAGES } = process.env;
const brought = createRequire(`${PACKAGES}/package.json`);
const load = (name) => import(pathToFileURL(brought.resolve(name)));
const [client, jose] = [await load('openid-client'), await load('jose')];

const ways = { client_secret_basic: client.ClientSecretBasic, client_secret_post: client.ClientSecretPost };
const met = [];
for (const [way, authenticate] of Object.entries(ways)) {
    // The portal of the test has no TLS.
    const options = { algorithm: 'oauth2', execute: [client.allowInsecureRequests] };
    const config = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, authenticate(CLIENT_SECRET), options);
    const token = await client.clientCredentialsGrant(config, { scope: 'invoices:read', resource: RESOURCE });
    const text = token.access_token;

    const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
    const { payload } = await jose.jwtVerify(text, keys, { issuer: ISSUER, audience: RESOURCE, typ: 'at+jwt' });

    const asks = async (permission) => {
        const url = new URL(`${ISSUER}/gateway/auth?permission=${permission}&audience=${encodeURIComponent(RESOURCE)}`);
        try {
            return (await client.fetchProtectedResource(config, text, url, 'GET')).status;
        } catch (error) {
            if (error instanceof client.WWWAuthenticateChallengeError) return error.status;
            throw error;
        }
    };
    const before = [await asks('invoices:read'), await asks('invoices:write')];
    const introspected = await client.tokenIntrospection(config, text);
    await client.tokenRevocation(config, text);
    met.push({
        way,
        token_type: token.token_type,
        expires_in: token.expires_in,
        scope: token.scope,
        subject: payload.sub,
        before,
        introspected,
        after: await asks('invoices:read'),
        introspected_after: await client.tokenIntrospection(config, text),
    });
}
console.log(JSON.stringify(met));
