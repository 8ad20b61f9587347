import { type NginxServer, startNginx } from '../../tools/servers/nginx-server.ts'
import { freePort } from '../../tools/servers/server-process.ts'

/** The load balancer's port, known before it runs: gateways are told the address that people use. */
export async function reserveOrigin(): Promise<{ readonly port: number; readonly origin: string }> {
  const port = await freePort()
  return { port, origin: `http://localhost:${port}` }
}

/**
 * Starts nginx before the gateways. What is safe to send again goes to the next one when a gateway is away or silent; of the
 * rest only what never reached one. Writes have their own repeat, by idempotency key, in the client.
 */
export function startBalancer(port: number, gateways: readonly Listener[], heartbeatWays: readonly Listener[]): Promise<NginxServer> {
  return startNginx({ port, http: configuration(port, gateways, heartbeatWays) })
}

/** Something on a port of this machine. */
interface Listener {
  readonly port: number
}

function upstream(name: string, listeners: readonly Listener[]): string {
  return `
upstream ${name} {
${listeners.map(({ port }) => `  server 127.0.0.1:${port} max_fails=1 fail_timeout=1s;`).join('\n')}
  # Where each was left out, they are asked all the same: then it was the store that was away, or they have just come back.
${listeners.map(({ port }) => `  server 127.0.0.1:${port} max_fails=0 backup;`).join('\n')}
  keepalive 16;
}
`
}

function configuration(port: number, gateways: readonly Listener[], heartbeatWays: readonly Listener[]): string {
  return `
${upstream('gateways', gateways)}
${upstream('heartbeats', heartbeatWays)}
server {
  listen localhost:${port};
  proxy_pass_request_headers on;
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header Connection "";
  proxy_connect_timeout 150ms;
  proxy_read_timeout 5s;
  proxy_next_upstream error timeout;
  proxy_next_upstream_tries 2;
  location / {
    # nginx would repeat these by itself, and the second answer would be taken for the outcome of both.
    error_page 418 = @once;
    if ($request_method ~ ^(PUT|DELETE)$) { return 418; }
    proxy_pass http://gateways;
  }
  location @once {
    proxy_pass http://gateways;
    proxy_next_upstream off;
  }
  location = /v1/heartbeat {
    proxy_pass http://heartbeats;
  }
  # A read by POST changes nothing: the next gateway may answer it, within the client's 500 ms.
  location = /v1/reads {
    proxy_pass http://gateways;
    proxy_read_timeout 200ms;
    proxy_next_upstream error timeout non_idempotent;
  }
}
`
}
