const { readFileSync } = require('node:fs')

// The two tables of ARCHITECTURE.md, "may import": the stages of the control plane, and the packages. They are read, not copied.
const rows = heading => {
  const section = readFileSync(`${__dirname}/ARCHITECTURE.md`, 'utf8').split(`\n| ${heading} | `)[1].split('\n\n')[0]
  const cells = section
    .split('\n')
    .slice(2)
    .map(line => line.split('|').map(cell => cell.trim()))
  return cells.map(([, name, , allowed]) => [name, allowed])
}
const src = 'packages/control-plane/src'

const stages = rows('folder').filter(([name]) => !name.includes('main.ts'))
const packages = rows('package').filter(([name]) => name !== 'kube-binary')

/** `model` is a stage or wiring; `packages/errors`, `bin` and `samples/…` are folders of the project. */
const folder = name =>
  stages.some(([stage]) => stage === name) || name === 'wiring' ? `^${src}/${name}/` : `^${name}/`

/** What one folder may import of all that is ours; npm's packages are another matter. */
const only = (name, from, allowed) => {
  const names = allowed === 'nothing' ? [] : allowed.split(', ')
  const all = allowed.startsWith('everything')
  const but = all && / but (.*)/.exec(allowed)?.[1].split(' and ')
  return {
    name: `${name} imports only what ARCHITECTURE.md says`,
    severity: 'error',
    from: { path: from },
    to: all
      ? { path: but ? but.map(folder) : ['^$'] }
      : { path: '^(packages|samples|scripts|bin)/', pathNot: [from, ...names.map(folder)] },
  }
}

module.exports = {
  forbidden: [
    ...stages.map(([name, allowed]) => only(name, folder(name), allowed)),
    ...packages.map(([name, allowed]) => only(`packages/${name}`, folder(`packages/${name}`), allowed)),
    {
      name: 'pure stages do no I/O',
      severity: 'error',
      from: {
        path: [
          `^${src}/(model|collections|istio|regions|analysis|translate|telemetry|bootstrap)/`,
          '^packages/(api|errors)/src/',
        ],
      },
      // `isIP` and its like only look at text.
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?net$' },
    },
    {
      name: 'the console runs in a browser',
      severity: 'error',
      from: { path: '^packages/console/src/' },
      to: { dependencyTypes: ['core'] },
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
