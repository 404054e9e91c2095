/**
 * Every operation of the HTTP API, version 1: its method and path. Plain data, so that the console carries it without the
 * schemas. `{name}` in a path is one segment, percent-encoded.
 */
export const paths = {
  signIn: ['POST', '/api/v1/session'],
  signInByLink: ['POST', '/api/v1/session/link'],
  getSession: ['GET', '/api/v1/session'],
  signOut: ['DELETE', '/api/v1/session'],
  createSignInLink: ['POST', '/api/v1/sign-in-links'],

  getOverview: ['GET', '/api/v1/overview'],
  getMatrix: ['GET', '/api/v1/matrix'],
  listRegions: ['GET', '/api/v1/regions'],
  listEvents: ['GET', '/api/v1/events'],
  listFindings: ['GET', '/api/v1/findings'],
  stream: ['GET', '/api/v1/stream'],

  listServices: ['GET', '/api/v1/services'],
  getService: ['GET', '/api/v1/services/{service}'],
  getServiceSeries: ['GET', '/api/v1/services/{service}/series'],
  getServiceLatency: ['GET', '/api/v1/services/{service}/latency'],
  getServiceEjections: ['GET', '/api/v1/services/{service}/ejections'],
  explain: ['GET', '/api/v1/explain'],

  getRegionalTraffic: ['GET', '/api/v1/regional-traffic'],
  previewRegionalTraffic: ['POST', '/api/v1/regional-traffic/preview'],

  listKinds: ['GET', '/api/v1/kinds'],
  getKindSchema: ['GET', '/api/v1/kinds/{kind}/schema'],
  listObjects: ['GET', '/api/v1/objects/{kind}'],
  getObject: ['GET', '/api/v1/objects/{kind}/{namespace}/{name}'],
  createObject: ['POST', '/api/v1/objects/{kind}'],
  replaceObject: ['PUT', '/api/v1/objects/{kind}/{namespace}/{name}'],
  deleteObject: ['DELETE', '/api/v1/objects/{kind}/{namespace}/{name}'],
  listVersions: ['GET', '/api/v1/objects/{kind}/{namespace}/{name}/versions'],

  listClusters: ['GET', '/api/v1/clusters'],
  addCluster: ['POST', '/api/v1/clusters'],
  listKubeconfigContexts: ['POST', '/api/v1/kubeconfig-contexts'],
  getCluster: ['GET', '/api/v1/clusters/{cluster}'],
  removeCluster: ['DELETE', '/api/v1/clusters/{cluster}'],
  listNodes: ['GET', '/api/v1/clusters/{cluster}/nodes'],
  listNamespaces: ['GET', '/api/v1/clusters/{cluster}/namespaces'],
  setInjection: ['PUT', '/api/v1/clusters/{cluster}/namespaces/{namespace}/injection'],
  listWorkloads: ['GET', '/api/v1/clusters/{cluster}/workloads'],
  scaleWorkload: ['PUT', '/api/v1/clusters/{cluster}/workloads/{namespace}/{name}/scale'],
  listPods: ['GET', '/api/v1/clusters/{cluster}/pods'],
  getPodLogs: ['GET', '/api/v1/clusters/{cluster}/pods/{namespace}/{pod}/logs'],

  getNetwork: ['GET', '/api/v1/network'],
  getNetworkPath: ['GET', '/api/v1/network/path'],

  listGateways: ['GET', '/api/v1/gateways'],

  listProxies: ['GET', '/api/v1/proxies'],
  getProxyConfig: ['GET', '/api/v1/proxies/{proxy}'],
  compareProxy: ['GET', '/api/v1/proxies/{proxy}/comparison'],
} as const satisfies Record<string, readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string]>

export type OperationId = keyof typeof paths

/** What `stream` may be asked for (`?topics=a,b`): each is sent whole at once, and again when it has changed, at most once a second. */
export const topics = [
  'overview',
  'matrix',
  'regional-traffic',
  'clusters',
  'proxies',
  'gateways',
  'events',
  'services',
] as const
export type Topic = (typeof topics)[number]
