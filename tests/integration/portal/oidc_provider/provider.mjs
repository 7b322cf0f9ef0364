// An identity provider as others make it, for the portal's tests: any name signs in.
// Reads {"issuer", "port", "certificate", "key", "client", "secret", "back", "algorithm"}
// from standard input; says "listening" when it is.
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

globalThis.crypto ??= webcrypto; // Node 18
const { Provider } = await import('oidc-provider');

const own = JSON.parse(readFileSync(0, 'utf8'));
const keys = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};
const provider = new Provider(own.issuer, {
  clients: [
    {
      client_id: own.client,
      client_secret: own.secret,
      redirect_uris: [own.back],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      id_token_signed_response_alg: own.algorithm,
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  jwks: {
    keys: Object.entries(keys).map(([alg, { privateKey }]) => ({
      ...privateKey.export({ format: 'jwk' }),
      kid: `key-${alg}`,
      use: 'sig',
      alg,
    })),
  },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
  cookies: { keys: ['of-a-test'] },
  claims: { openid: ['sub', 'upn'], profile: ['name'] },
  // as most providers do, with the claims of its scopes
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, upn: id, name: 'Of the provider' }),
  }),
});
const tls = { cert: readFileSync(own.certificate), key: readFileSync(own.key) };
createServer(tls, provider.callback()).listen(own.port, '127.0.0.1', () => {
  console.log('listening');
});
