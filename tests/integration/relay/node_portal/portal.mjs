// A portal in Node, written from docs/wire.md alone: npm's jose, and nothing of Writeback.
// Reads one JSON object from standard input, writes one to standard output.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as jose from 'jose';

const KEY_ALG = 'ECDH-ES+A256KW';
const CONTENT_ALG = 'A256GCM';
const MOST = 64 * 1024;

class NoAnswer extends Error {}

const json = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
const hash = (body) => createHash('sha256').update(body).digest('base64url');
const signingKey = (jwk) => jose.importJWK(jwk, 'ES256');
const sealingKey = (jwk) => jose.importJWK(jwk, KEY_ALG);

function agree(condition, what) {
  if (!condition) throw new NoAnswer(what);
}

async function fingerprint(jwk) {
  const thumbprint = await jose.calculateJwkThumbprint(jwk, 'sha256');
  const digits = Buffer.from(thumbprint, 'base64url').toString('hex').toUpperCase();
  return digits.match(/.{4}/g).join(' ');
}

// What the agent signed, of one kind (its typ); the header's other parameters are ignored.
async function verified(token, key, typ, agentName) {
  const { payload, protectedHeader } = await jose.compactVerify(token, key, {
    algorithms: ['ES256'],
  });
  agree(protectedHeader.typ === typ, 'typ');
  const claims = json(payload);
  agree(claims.v === 1, 'v');
  agree(claims.iss === agentName, 'iss');
  return claims;
}

// keys and ready: only what was signed for this nonce, now, by the key that is known.
async function statement(agent, what, nonce, body, now) {
  let key = agent.signing;
  let jwks;
  if (what === 'keys') {
    jwks = json(jose.base64url.decode(body.split('.')[1])).keys;
    const [signing] = jwks.filter((jwk) => jwk.use === 'sig');
    agree((await fingerprint(signing)) === agent.fingerprint, 'fingerprint');
    key = await signingKey(signing);
  }
  const claims = await verified(body, key, `writeback-${what}+jwt`, agent.name);
  agree(claims.nonce === nonce, 'nonce');
  agree(Math.abs(now - claims.iat) <= 150, 'iat');
  if (what === 'keys') {
    // of several sealing keys, the first is the current one
    const [sealing] = jwks.filter((jwk) => jwk.use === 'enc');
    agree(sealing, 'no sealing key');
    Object.assign(agent, { signing: key, sealing: await sealingKey(sealing), kid: sealing.kid });
  }
  return claims;
}

async function seal(portal, agent, op, more, now) {
  const claims = {
    v: 1, iss: portal.issuer, aud: agent.name, iat: now, exp: now + 120,
    jti: randomBytes(16).toString('base64url'), op, ...more,
  };
  const signed = await new jose.CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', typ: 'writeback-request+jwt', kid: portal.kid })
    .sign(portal.signing);
  const token = await new jose.CompactEncrypt(new TextEncoder().encode(signed))
    .setProtectedHeader({
      alg: KEY_ALG, enc: CONTENT_ALG, typ: 'writeback-request+jwe', cty: 'JWT', kid: agent.kid,
    })
    .encrypt(agent.sealing);
  return { token, jti: claims.jti, iat: claims.iat };
}

async function opened(token, key, typ) {
  const { plaintext, protectedHeader } = await jose.compactDecrypt(token, key, {
    keyManagementAlgorithms: [KEY_ALG], contentEncryptionAlgorithms: [CONTENT_ALG],
  });
  agree(protectedHeader.typ === typ, 'typ');
  return new TextDecoder().decode(plaintext);
}

// The answer to one request, and to no other.
async function answer(portal, agent, sent, status, body, now) {
  let claims;
  if (status === 400) {
    claims = await verified(body, agent.signing, 'writeback-error+jwt', agent.name);
  } else {
    agree(status === 200, `HTTP ${status}`);
    const inner = await opened(body, portal.sealing, 'writeback-answer+jwe');
    claims = await verified(inner, agent.signing, 'writeback-answer+jwt', agent.name);
    agree(claims.aud === portal.issuer, 'aud');
    agree(claims.jti === sent.jti, 'jti');
  }
  agree(claims.request === hash(sent.token), 'request');
  agree(Number.isInteger(claims.iat), 'iat');
  agree(claims.iat >= sent.iat - 30 && claims.iat <= now + 30, 'iat');
  return claims;
}

async function portalOf({ issuer, keys: { sig, enc } }) {
  const kid = await jose.calculateJwkThumbprint(sig, 'sha256');
  return { issuer, kid, signing: await signingKey(sig), sealing: await sealingKey(enc) };
}

// The vectors of tests/data/wire/v1: the claims that were taken, or null.
async function vectors({ folder }) {
  const read = (kind) => JSON.parse(readFileSync(`${folder}/${kind}.json`, 'utf8'));
  const parties = Object.fromEntries(read('parties').map((each) => [each.name, each]));
  const own = (party, use) => parties[party].private.filter((jwk) => jwk.use === use);
  const now = 1800000000;
  const [sig] = own('portal', 'sig');
  const [enc] = own('portal', 'enc');
  const portal = await portalOf({ issuer: 'https://portal.example', keys: { sig, enc } });
  const known = { name: 'agent-1', fingerprint: parties.agent.fingerprint };
  known.signing = await signingKey(parties.agent.public[0]);
  const taken = { parties: {}, requests: {}, answers: {}, statements: {}, codes: {} };
  taken.access_signatures = {};
  const take = async (kind, name, make) => {
    taken[kind][name] = await make().catch(() => null);
  };
  for (const { name, public: [signing] } of read('parties')) {
    await take('parties', name, () => fingerprint(signing));
  }
  for (const { name, token, claims } of read('requests')) {
    if (!claims) continue; // what an agent refuses is the agent's business
    await take('requests', name, async () => {
      const { kid } = jose.decodeProtectedHeader(token);
      const [jwk] = own('agent', 'enc').filter((each) => each.kid === kid);
      const inner = await opened(token, await sealingKey(jwk), 'writeback-request+jwe');
      const key = await signingKey(parties.portal.public[0]);
      return json((await jose.compactVerify(inner, key)).payload);
    });
  }
  for (const { name, sent, status, body } of read('answers')) {
    await take('answers', name, () => answer(portal, known, sent, status, body, now));
  }
  for (const { name, what, nonce, body } of read('statements')) {
    await take('statements', name, () => statement({ ...known }, what, nonce, body, now));
  }
  for (const { name, half, party, code } of read('codes')) {
    if (half && code.includes('-')) {
      await take('codes', name, () => wholeCode(half, parties[party].public[0]));
    }
  }
  for (const { name, key_name, key, uri, expires } of read('access_signatures')) {
    await take('access_signatures', name, async () => accessSignature(uri, key_name, key, expires));
  }
  return taken;
}

function accessSignature(uri, keyName, key, expires) {
  const audience = encodeURIComponent(uri);
  const mac = createHmac('sha256', key).update(`${audience}\n${expires}`).digest('base64');
  return `SharedAccessSignature sr=${audience}&sig=${encodeURIComponent(mac)}&se=${expires}&skn=${keyName}`;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

// The portal's half joined to the relay's: the code that an administrator types.
async function wholeCode(half, signing) {
  let bits = '';
  for (const letter of half.replaceAll('-', '')) {
    bits += BASE32.indexOf(letter).toString(2).padStart(5, '0');
  }
  const raw = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const check = (body) => createHash('sha256').update(body).digest().subarray(0, 2);
  const body = raw.subarray(0, 17);
  agree(body[0] === 2 && check(body).equals(raw.subarray(17)), 'no half of a code');
  const digest = Buffer.from(await jose.calculateJwkThumbprint(signing, 'sha256'), 'base64url');
  const joined = Buffer.concat([body, digest.subarray(0, 16)]);
  let letters = '';
  const spelled = [...joined, ...check(joined)].map((byte) => byte.toString(2).padStart(8, '0'));
  for (const five of spelled.join('').match(/.{5}/g)) letters += BASE32[parseInt(five, 2)];
  return letters.match(/.{1,5}/g).join('-');
}

// A portal at a relay: each step of docs/wire.md, told by what came back.
async function live({ portal: given, relay, agent: name, fingerprint: known, people }) {
  const portal = await portalOf(given);
  const agent = { name, fingerprint: known };
  const now = () => Math.floor(Date.now() / 1000);

  async function ask(method, path, body) {
    const response = await fetch(`${relay.url}/${name}/${path}`, {
      method,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(65_000),
      headers: {
        ServiceBusAuthorization: accessSignature(
          `http://${relay.host}/${name}`, relay.key_name, relay.key, now() + 300,
        ),
        ...(body ? { 'Content-Type': 'application/jose' } : {}),
      },
    });
    let text = '';
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
      text += part;
      agree(text.length <= MOST, 'too long');
    }
    return { status: response.status, text };
  }

  async function told(what) {
    const nonce = randomBytes(16).toString('base64url');
    const { status, text } = await ask('GET', `${what}?nonce=${nonce}`);
    agree(status === 200, `HTTP ${status}`);
    return statement(agent, what, nonce, text, now());
  }

  async function send(sent) {
    const { status, text } = await ask('POST', 'resets', sent.token);
    return answer(portal, agent, sent, status, text, now());
  }

  const request = async (op, more) => send(await seal(portal, agent, op, more, now()));
  const person = (key) => ({ user: { by: 'userPrincipalName', value: people[key] } });
  const answers = { keys: await told('keys'), ready: await told('ready') };
  answers.check = await request('check', person('reset'));
  const reset = await seal(
    portal, agent, 'reset', { ...person('reset'), new_password: given.password }, now(),
  );
  answers.reset = await send(reset);
  answers.again = await send(reset);
  answers.at_once = await Promise.all([send(reset), send(reset), send(reset)]);
  answers.change = await request('change', {
    ...person('change'), old_password: given.old_password, new_password: given.password,
  });
  answers.unlock = await request('unlock', person('unlock'));
  answers.nobody = await request('check', person('nobody'));
  answers.bad = await request('sing', person('reset'));
  const current = { sealing: agent.sealing, kid: agent.kid };
  const { publicKey } = await jose.generateKeyPair(KEY_ALG, { extractable: true });
  const gone = await jose.exportJWK(publicKey);
  agent.sealing = await sealingKey(gone);
  agent.kid = await jose.calculateJwkThumbprint(gone, 'sha256');
  answers.stale = await request('check', person('reset'));
  Object.assign(agent, current);
  return answers;
}

const asked = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(await { vectors, live }[asked.mode](asked)));
