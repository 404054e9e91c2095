import { table } from './entry.ts'

/** ISM51xx: the HTTP API of the command line and the console. */
export const apiErrors = table({
  ISM5101: {
    reason: 'RequestInvalid',
    meaning: 'A request to the HTTP API is not what its operation takes.',
    mend: 'Correct what the message names; docs/reference/api.md says what each operation takes.',
  },
  ISM5102: {
    reason: 'NoSuchPath',
    meaning: 'The HTTP API has no such path, or not with this method.',
    mend: 'See docs/reference/api.md, or /api/v1/openapi.json of the control plane.',
  },
  ISM5103: {
    reason: 'NotSignedIn',
    meaning: 'The request carries neither a session nor a bearer token, or its session has ended.',
    mend: 'Sign in, or make a sign-in link with `isthmus console`.',
  },
  ISM5104: {
    reason: 'TokenNotAccepted',
    meaning: 'The mesh API does not know the token: it is wrong, expired or revoked.',
    mend: 'Take a new one of the mesh API: kubectl create token ACCOUNT -n istio-system, or `isthmus console`.',
  },
  ISM5105: {
    reason: 'NotAllowed',
    meaning: "The mesh API's RBAC does not let this user do it.",
    mend: 'Have the user bound to one of the ClusterRoles of deploy/mesh-api/roles.yaml, or to one of your own with what the message names.',
  },
  ISM5106: {
    reason: 'CrossSiteRefused',
    meaning: "A change came without its session's CSRF token, or from a page of another origin.",
    mend: "Send the session's csrfToken as header x-isthmus-csrf, from the console's own origin. With a bearer token neither is needed.",
  },
  ISM5107: {
    reason: 'TooManySignIns',
    meaning: 'Too many sign-ins failed; for a while none is tried.',
    mend: 'Wait for the seconds that the message and the header retry-after name.',
  },
  ISM5108: {
    reason: 'ChangedMeanwhile',
    meaning: 'The object is another version now than the one that was edited.',
    mend: 'Look at what is there now, and make the change again on it.',
  },
  ISM5109: {
    reason: 'DirectoryIsReadOnly',
    meaning: 'The configuration comes from a directory of files, which this API does not write.',
    mend: 'Edit the file that the message names: it is read again as soon as it is saved.',
  },
  ISM5110: {
    reason: 'LinkNotGood',
    meaning: 'The sign-in link was used before, or its five minutes are over.',
    mend: 'Make another: `isthmus console`.',
  },
  ISM5111: {
    reason: 'ObjectRefused',
    meaning: 'The mesh API refuses the object as it is written.',
    mend: 'Correct the fields that are named; `kubectl explain KIND` says what they take.',
  },
  ISM5112: {
    reason: 'ClusterNotAvailable',
    meaning: "A member cluster's API cannot be asked just now.",
    mend: 'See the conditions of the cluster: `isthmus cluster list`, or the page of clusters in the console.',
  },
  ISM5113: {
    reason: 'MeshApiUnavailable',
    meaning: 'The mesh API gives no answer to the control plane.',
    mend: 'Check that it runs. Until then nothing can be changed; proxies keep what they have.',
  },
  ISM5114: {
    reason: 'ApiCertificateUnreadable',
    meaning: 'The certificate or key of the HTTP API cannot be read, or the two do not belong together.',
    mend: 'Check the files of --api-tls-cert and --api-tls-key (PEM).',
  },
  ISM5115: {
    reason: 'NeedsMeshApi',
    meaning: 'The control plane is fed from a directory: there is no mesh API, and so no member clusters and no users.',
    mend: 'Run the control plane with a mesh API (isthmus serve --kubeconfig) for this.',
  },
  ISM5116: {
    reason: 'PlaintextApiOffLoopback',
    meaning: 'Tokens and sessions would go over the network in plain text.',
    mend: 'Leave out --api-plaintext: the API then has a certificate of the mesh CA, or the one of --api-tls-cert. For a relay on this machine give --api-socket.',
  },
  ISM5117: {
    reason: 'TooLarge',
    meaning: 'The body of the request is larger than the API takes.',
    mend: 'Send at most 2 MiB.',
  },
  ISM5118: {
    reason: 'TooManyPages',
    meaning: 'As many live pages are open as one control plane serves (500), or serves one user (100).',
    mend: 'Close pages that nobody looks at; a page tries again by itself.',
  },
  ISM5119: {
    reason: 'YamlTooMuchWork',
    meaning: 'Reading a YAML text would take longer, or more memory, than one person may have the control plane spend.',
    mend: 'Send one at a time; write it plainly, or as several smaller objects.',
  },
})
