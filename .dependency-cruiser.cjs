// The import table of ARCHITECTURE.md, held by CI. Each stage of the control plane may import only what is listed here.
const stages = {
  runtime: [],
  model: ['runtime'],
  collections: ['runtime'],
  sources: ['collections', 'runtime', 'model', 'istio'],
  istio: ['model', 'runtime'],
  regions: ['model'],
  analysis: ['model', 'regions'],
  translate: ['model', 'regions'],
  snapshot: ['translate', 'model', 'collections', 'runtime', 'regions'],
  xds: ['snapshot', 'model', 'runtime'],
  telemetry: ['model', 'runtime'],
  identity: ['model', 'runtime'],
  bootstrap: ['model'],
  injection: ['bootstrap', 'identity', 'model', 'runtime'],
  gateways: ['bootstrap', 'injection', 'model', 'runtime'],
  members: ['model', 'runtime', 'identity', 'bootstrap', 'injection'],
  status: ['model', 'runtime'],
}
const withKubernetes = ['sources', 'istio', 'identity', 'injection', 'gateways', 'members', 'status', 'api', 'wiring']
const withEnvoyApi = ['translate', 'snapshot', 'xds', 'api']
const src = 'packages/control-plane/src'

const rules = Object.entries(stages).map(([stage, allowed]) => ({
  name: `${stage} imports only its own inputs`,
  severity: 'error',
  from: { path: `^${src}/${stage}/` },
  to: { path: `^${src}/`, pathNot: [stage, ...allowed].map(name => `^${src}/${name}/`) },
}))
const outside = (name, package_, allowed) => ({
  name,
  severity: 'error',
  from: { path: `^${src}/([^/]+)/`, pathNot: allowed.map(stage => `^${src}/${stage}/`) },
  to: { path: `^packages/${package_}/` },
})

module.exports = {
  forbidden: [
    ...rules,
    outside('only stages at the edge touch Kubernetes', 'kubernetes', withKubernetes),
    outside("only these stages know Envoy's messages", 'envoy-api', withEnvoyApi),
    {
      name: 'the API knows nothing of what makes the parts',
      severity: 'error',
      from: { path: `^${src}/api/` },
      to: { path: `^${src}/wiring/` },
    },
    {
      name: 'the control plane does not depend on the lab',
      severity: 'error',
      from: { path: '^packages/(control-plane|kubernetes|envoy-api|errors)/src' },
      to: { path: '^(packages/(lab|cli)|samples)/' },
    },
    {
      name: 'pure stages do no I/O',
      severity: 'error',
      from: { path: `^${src}/(model|regions|analysis|translate|istio|bootstrap)/` },
      // `isIP` and its like only look at text.
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?net$' },
    },
    {
      name: 'no cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'nothing unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'packages/envoy-api/gen'] },
    exclude: { path: 'packages/envoy-api/gen' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
}
