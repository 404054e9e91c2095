import { table } from './entry.ts'

/** ISM42xx: config. */
export const configErrors = table({
  ISM4201: {
    reason: 'ConfigFileBroken',
    meaning: 'A file of the configuration directory is not valid YAML; its last good version stays in force.',
    mend: 'Correct the file at the line named: it is read again as soon as it is saved.',
  },
  ISM4202: {
    reason: 'ConfigDirectoryUnreadable',
    meaning: 'The configuration directory, or a file in it, cannot be read; what was read before stays in force.',
    mend: 'Check that the path exists and that this process may read it.',
  },
  ISM4203: {
    reason: 'NotAnObject',
    meaning: 'A document is not a Kubernetes object: it has no apiVersion, kind or metadata.name.',
    mend: 'Add what is missing; the last good version of the file stays in force.',
  },
  ISM4204: {
    reason: 'ObjectTwice',
    meaning: 'Two files define the same object; the one in the file that sorts first is used.',
    mend: 'Remove one of them.',
  },
  ISM4205: {
    reason: 'KindNotUsed',
    meaning: 'An object of a kind that a configuration directory does not serve is ignored.',
    mend: 'Remove it, or check its kind and apiVersion.',
  },
  ISM4206: {
    reason: 'StateUnreadable',
    meaning:
      'The last known state of a member cluster, kept on disk, cannot be read; nothing is known of it until its API answers.',
    mend: 'Nothing to do where the API answers. Else restore the file named from a copy.',
  },
  ISM4210: {
    reason: 'KubeconfigBroken',
    meaning: 'A kubeconfig cannot be read, is not YAML, or lacks what its context names.',
    mend: 'Correct the file named; `kubectl config view` shows what kubectl makes of it.',
  },
  ISM4211: {
    reason: 'ContextUnknown',
    meaning: 'The kubeconfig has no context of that name.',
    mend: 'Choose one of those it has, or set KUBECONFIG to the file that has it.',
  },
  ISM4212: {
    reason: 'CredentialPluginNotSupported',
    meaning: 'The kubeconfig gets its credentials from a program, which is not supported.',
    mend: 'Use a kubeconfig with a client certificate or a token.',
  },
})
