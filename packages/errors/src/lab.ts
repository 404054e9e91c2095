import { table } from './entry.ts'

/** ISM11xx: lab. */
export const labErrors = table({
  ISM1101: {
    reason: 'NoUserNamespace',
    meaning: 'This kernel or its settings do not let this user make a user namespace, in which the lab lives.',
    mend: 'sudo sysctl -e -w user.max_user_namespaces=65536 kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0',
  },
  ISM1102: {
    reason: 'SandboxNotMade',
    meaning: 'The namespaces of the lab could not be made or the first process in them ended at once.',
    mend: 'Read the end of the log: isthmus lab logs',
  },
  ISM1103: {
    reason: 'ProgramMissing',
    meaning: 'A program of the system that the lab needs is not installed.',
    mend: 'sudo apt-get install --no-install-recommends iproute2 nftables util-linux bash',
  },
  ISM1105: {
    reason: 'LabRuns',
    meaning: 'A lab runs already in this folder.',
    mend: 'Use it (isthmus lab status), or end it first: isthmus lab down',
  },
  ISM1106: {
    reason: 'LabNotRunning',
    meaning: 'No lab runs.',
    mend: 'Start it: isthmus lab up',
  },
  ISM1107: {
    reason: 'LabNotReady',
    meaning: 'The world was not ready in time.',
    mend: 'See what is missing with isthmus lab status and why with isthmus lab logs; a slower machine: isthmus lab up --wait-timeout 600',
  },
  ISM1108: {
    reason: 'NoSuchPlace',
    meaning: 'No node, pod, router or log of the lab has this name.',
    mend: 'Use one of those listed; a pod is named CLUSTER/NAMESPACE/POD.',
  },
  ISM1109: {
    reason: 'WorldFile',
    meaning: 'The file that describes the world cannot be read.',
    mend: 'It holds cloud.isthmus.dev/v1alpha1 resources as YAML documents; docs/reference/lab-resources.md has them all.',
  },
  ISM1110: {
    reason: 'NetworkRefused',
    meaning: 'The kernel refused a change to the network of the lab.',
    mend: 'Read the line it refused; a missing kernel module (veth, bridge, sch_tbf, nf_tables) is loaded with sudo modprobe NAME.',
  },
  ISM1111: {
    reason: 'LabEnded',
    meaning: 'The lab ended while it was in use.',
    mend: 'Read the end of the log (isthmus lab logs), then start it again: isthmus lab up',
  },
  ISM1112: {
    reason: 'FewInotifyInstances',
    meaning: 'This user has few inotify instances left; a kubelet or an Envoy that gets none fails to start.',
    mend: 'sudo sysctl -w fs.inotify.max_user_instances=1024',
  },
})
