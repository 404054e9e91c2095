import { table } from './entry.ts'

/** ISM31xx: identity. */
export const identityErrors = table({
  ISM3101: {
    reason: 'TokenMissing',
    meaning: 'A proxy opened a stream without a service account token.',
    mend: 'Let the sidecar be injected by the webhook, which mounts the token; a pod older than the webhook must be restarted.',
  },
  ISM3102: {
    reason: 'TokenRefused',
    meaning: "A proxy's token is not valid: expired, of another audience, or not signed by its cluster.",
    mend: 'Restart the pod. If all pods of the cluster are refused, look at its MemberCluster: the keys of its API server may have changed while it could not be reached.',
  },
  ISM3103: {
    reason: 'IdentityMismatch',
    meaning: 'A proxy says that it is another pod than its token says.',
    mend: 'A proxy may only be the pod whose token it holds. Look at who started it; an injected sidecar never does this.',
  },
  ISM3104: {
    reason: 'KeysUnknown',
    meaning: "The keys that sign a cluster's tokens are not known, and its API cannot be asked.",
    mend: 'Proxies keep the configuration they have and try again; bring back the way to the API of that cluster.',
  },
  ISM3105: {
    reason: 'CertificateAuthorityUnusable',
    meaning: "The mesh's certificate authority could not be read.",
    mend: 'Restore Secret istio-system/istio-ca-secret (ca-cert.pem, ca-key.pem), or delete it and restart all proxies to begin with a new authority.',
  },
  ISM3110: {
    reason: 'AddressInvalid',
    meaning: "The control plane's address for proxies cannot be read.",
    mend: 'Write it as HOST:PORT, for instance 192.168.0.1:15012.',
  },
})
