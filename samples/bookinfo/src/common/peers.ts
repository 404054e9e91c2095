type Environment = Readonly<Record<string, string | undefined>>

/**
 * The base URL of another of the services, from the known application's variables: `DETAILS_HOSTNAME` (`details`),
 * `DETAILS_SERVICE_PORT` (9080) and `SERVICES_DOMAIN` (appended to the host's name), and so on for the others.
 */
export function peerUrl(service: 'details' | 'reviews' | 'ratings', env: Environment = process.env): string {
  const prefix = service.toUpperCase()
  const domain = env.SERVICES_DOMAIN ? `.${env.SERVICES_DOMAIN}` : ''
  return `http://${env[`${prefix}_HOSTNAME`] || service}${domain}:${env[`${prefix}_SERVICE_PORT`] || 9080}`
}
