// Microsoft's own listener, as a peer for the relay's tests.
// Reads {"server", "token"} from standard input; says "listening" when it is.
'use strict';

const fs = require('fs');
const https = require('hyco-https');

const { server, token } = JSON.parse(fs.readFileSync(0, 'utf8'));

const listener = https.createRelayedServer({ server, token }, (req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
  req.on('end', () => {
    const body = Buffer.concat(chunks);
    const size = Number(req.headers['x-answer-size'] || 0);
    res.setHeader('X-Peer', 'hyco-https');
    res.setHeader('X-Url', req.url);
    res.setHeader('X-Body-Size', String(body.length));
    res.statusCode = 200;
    res.end(size ? Buffer.alloc(size, 'h') : 'echo: ' + body.toString('utf8'));
  });
});

listener.on('listening', () => console.log('listening'));
listener.on('error', (event) => console.log('error: ' + event.message));
listener.listen();
