// openid-client, which finds everything by discovery: at the address of OpenID Connect, its default, and at that of RFC 8414.
// Prints what it met as JSON.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, RESOURCE, PACKAGES } = process.env;
const brought = createRequire(`${PACKAGES}/package.json`);
const load = (name) => import(pathToFileURL(brought.resolve(name)));
const [client, jose] = [await load('openid-client'), await load('jose')];

const ways = [
    ['client_secret_basic', client.ClientSecretBasic, {}],
    ['client_secret_post', client.ClientSecretPost, { algorithm: 'oauth2' }],
];
const met = [];
for (const [way, authenticate, algorithm] of ways) {
    // The portal of the test has no TLS.
    const options = { ...algorithm, execute: [client.allowInsecureRequests] };
    const config = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, authenticate(CLIENT_SECRET), options);
    const token = await client.clientCredentialsGrant(config, { scope: 'invoices:read', resource: RESOURCE });
    const text = token.access_token;

    const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
    // A resource server whose clock is behind, and that forgives nothing.
    const behind = { currentDate: new Date(Date.now() - 2000), maxTokenAge: 600 };
    const expected = { issuer: ISSUER, audience: RESOURCE, typ: 'at+jwt', ...behind };
    const { payload } = await jose.jwtVerify(text, keys, expected);

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
