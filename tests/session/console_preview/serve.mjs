// Serves the console with a fake station inside the page: node serve.mjs PORT. For looking at, never for a patient.
// index.html is the product's own; only its entry module is replaced by preview.js.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const product = join(here, '../../../app/console');
const types = { mjs: 'text/javascript; charset=utf-8', html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' };
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; " +
  "connect-src 'self' wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

createServer(async (request, response) => {
  const path = normalize(new URL(request.url, 'http://x').pathname);
  try {
    const inPreview = path.startsWith('/preview/');
    const file = path === '/' ? join(product, 'index.html') : inPreview ? join(here, path.slice(9)) : join(product, path.replace(/^(\/app)?\/console\//, ''));
    let body = await readFile(file);
    if (path === '/') body = String(body).replace('console/main.js', 'preview/preview.js');
    response.writeHead(200, { 'content-type': types[file.split('.').pop()] ?? 'application/octet-stream', 'content-security-policy': csp, 'cache-control': 'no-store' });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}).listen(Number(process.argv[2] ?? 8765), '127.0.0.1', function () {
  console.log(`http://127.0.0.1:${this.address().port}/`);
});
