import type { Command } from 'commander'

/** `isthmus serve`: the control plane, fed by the mesh API or by a directory of YAML files. */
export function register(parent: Command): void {
  parent
    .command('serve')
    .description('Run the control plane: fed by the mesh API (--kubeconfig) or by a directory (--config).')
    .option('--config <dir>', 'directory of YAML files, re-read on change; no Kubernetes anywhere')
    .option('--kubeconfig <file>', "kubeconfig of the mesh API (default: KUBECONFIG, or the pod's service account)")
    .option('--context <name>', 'context of the kubeconfig')
    .option('--xds-address <host:port>', 'where proxies connect', '127.0.0.1:15010')
    .option('--plaintext', 'serve xDS without TLS and without tokens; loopback addresses only')
    .option('--advertise <host>', "this control plane's address as proxies and API servers reach it")
    .option('--webhook-address <host:port>', 'where API servers reach the injection webhook')
    .option('--api-address <host:port>', 'the HTTP API of the CLI and the console')
    .option(
      '--api-tls-cert <file>',
      'certificate of the HTTP API, PEM; re-read on change (default: one of the mesh CA)',
    )
    .option('--api-tls-key <file>', 'its key')
    .option('--api-plaintext', 'serve the HTTP API without TLS; loopback addresses only')
    .option('--api-socket <path>', 'the HTTP API on a unix socket too, in plain text: for a relay on this machine')
    .option('--name <name>', 'name of the mesh, as the console shows it', 'mesh')
    .option('--lab', 'the console says that this is a lab')
    .option('--state-dir <dir>', 'last-known state of member clusters, their token keys, the mesh CA')
    .option('--inventory-kubeconfig <file>', 'kubeconfig of an API that holds the network as resources, for diagnosis')
    .option(
      '--redirect <mode>',
      'what exempts a sidecar from redirection: uid, or mark where only one user id exists',
      'uid',
    )
    .option(
      '--request-metrics <who>',
      'istio_requests_total from gateways and receiving sidecars (standard), also sending ones (full), or none',
      'standard',
    )
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action(async options => {
      const { serve } = await import('@isthmus/control-plane/main.ts')
      await serve(options)
    })
}
