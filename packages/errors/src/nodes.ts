import { table } from './entry.ts'

/** ISM13xx: clusters and nodes of the lab: binaries, API servers, kubelets, containers. */
export const nodesErrors = table({
  ISM1301: {
    reason: 'BinaryMissing',
    meaning: 'A binary the lab runs (Envoy, Kubernetes) is neither named by its environment variable nor in the cache.',
    mend: 'Run `npm run setup`, which puts it into the cache, or set the variable to a binary that is already there.',
  },
  ISM1302: {
    reason: 'ApiServerNotReady',
    meaning: 'A kube-apiserver or its etcd ended, or did not get ready in time.',
    mend: 'Read the log named in the message; its last lines say why.',
  },
  ISM1303: {
    reason: 'NodeNotReady',
    meaning: 'A node of a lab cluster did not get ready in time.',
    mend: 'Read the kubelet’s log named in the message; its last lines say why.',
  },
  ISM1304: {
    reason: 'ImageUnknown',
    meaning: 'No program stands for this image in the lab’s image table.',
    mend: 'Use one of the images listed, or add a row to a file of your own and name it in ISTHMUS_LAB_IMAGES.',
  },
  ISM1305: {
    reason: 'ImageTableInvalid',
    meaning: 'A file of the lab’s image table cannot be used.',
    mend: 'Mend the row named in the message: each needs `image` and `entrypoint`.',
  },
  ISM1306: {
    reason: 'PodAddressesExhausted',
    meaning: 'A node has no pod address left in its block.',
    mend: 'Scale workloads down on that node, or give the cluster a larger pod CIDR.',
  },
  ISM1307: {
    reason: 'CommandFailed',
    meaning: 'A command that sets up a node or a pod failed.',
    mend: 'The message holds the command and what it said.',
  },
  ISM1308: {
    reason: 'UserNotMapped',
    meaning: 'A container asks for a user id that the sandbox does not map, so the kernel cannot run it as that user.',
    mend: 'Leave runAsUser at 0 in the lab, or run the lab as root or with newuidmap and a subuid range.',
  },
})
