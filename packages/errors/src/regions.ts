import { table } from './entry.ts'

/** ISM21xx: regions. */
export const regionsErrors = table({
  ISM2101: {
    reason: 'OutlierDetectionSupplied',
    meaning: 'A value of outlier detection that nobody wrote was supplied, because the policy needs it.',
    mend: 'Nothing to do; write outlierDetection into the policy or the DestinationRule to choose other values.',
  },
  ISM2102: {
    reason: 'OutlierDetectionAdjusted',
    meaning: 'The outlier detection written by the user would keep broken pods in use, so a value was replaced.',
    mend: 'Write the value named in the message into the DestinationRule, and the message goes.',
  },
  ISM2103: {
    reason: 'HungPodsUnnoticed',
    meaning: 'Without unansweredAfter a pod that accepts requests and never answers is not seen as failed.',
    mend: 'Set spec.unansweredAfter to a little more than the slowest answer that is still good, for example 2s.',
  },
  ISM2104: {
    reason: 'DestinationRuleDecides',
    meaning: 'A DestinationRule has its own localityLbSetting, which beats the policy for its host.',
    mend: 'Remove localityLbSetting from the DestinationRule to let the policy decide.',
  },
  ISM2105: {
    reason: 'LocalityFailoverInactive',
    meaning: 'localityLbSetting needs outlierDetection, as in Istio; without it nothing is kept local or fails over.',
    mend: 'Add outlierDetection to the same trafficPolicy, or use a RegionalTrafficPolicy, which supplies it.',
  },
  ISM2106: {
    reason: 'SourceRegionUnknown',
    meaning: 'The region of a calling proxy is not known, so its requests go to all endpoints alike.',
    mend: 'Label the nodes with topology.kubernetes.io/region, or set the region of the MemberCluster.',
  },
  ISM2107: {
    reason: 'RegionNotInMesh',
    meaning: 'The policy names a region that no member cluster and no endpoint is in.',
    mend: 'Correct the name, or add a cluster of that region; `isthmus cluster list` shows the regions there are.',
  },
  ISM2108: {
    reason: 'OlderPolicyDecides',
    meaning: 'Two policies speak of the same services; the older one is in force.',
    mend: 'Merge them into one, or delete one of them.',
  },
  ISM2109: {
    reason: 'MeshWideOutsideRoot',
    meaning: 'A policy without services is mesh-wide and counts only in the root namespace.',
    mend: 'Move it to the root namespace (istio-system), or name the services it is for.',
  },
  ISM2110: {
    reason: 'ServiceOutOfScope',
    meaning: 'A policy may name services of its own namespace; only in the root namespace may it name any.',
    mend: "Put the policy into the service's namespace, or into the root namespace.",
  },
  ISM2111: {
    reason: 'SharesInvalid',
    meaning: 'The shares of a distribution rule are whole percents from 0 to 100 that add up to no more than 100.',
    mend: 'Correct the numbers; what is missing to 100 stays in the source region.',
  },
  ISM2112: {
    reason: 'EjectionLimited',
    meaning: 'maxEjectionPercent is below what ejecting all pods of a region takes.',
    mend: 'Set maxEjectionPercent 100 in the DestinationRule, or use a RegionalTrafficPolicy, which does.',
  },
  ISM2113: {
    reason: 'ServiceNotFound',
    meaning: 'The policy names a service that the mesh does not have.',
    mend: 'Correct the name; a short name is looked up in the namespace of the policy.',
  },
  ISM2114: {
    reason: 'RuleWithoutEffect',
    meaning: 'A rule names its own region as the target, or repeats the region of an earlier rule.',
    mend: 'Remove the rule, or correct the region.',
  },
  ISM2115: {
    reason: 'PolicyDoesNothing',
    meaning: 'The policy switches neither failover nor distribution on.',
    mend: 'Set failover.enabled or distribution.enabled to true, or delete the policy.',
  },
  ISM2120: {
    reason: 'ControlPlaneAddressUnknown',
    meaning: 'The command asks the control plane, and nothing says where its HTTP API is.',
    mend: 'Set ISTHMUS_API to its base URL, or use a kubeconfig whose mesh cluster carries the extension isthmus.dev/api.',
  },
  ISM2121: {
    reason: 'ControlPlaneUnreachable',
    meaning: "The control plane's HTTP API gave no answer.",
    mend: 'Check that the control plane runs and that its address can be reached from here.',
  },
  ISM2122: {
    reason: 'ControlPlaneRefused',
    meaning: "The control plane's HTTP API answered with an error.",
    mend: 'The message holds its own words; for 401 and 403 look at deploy/mesh-api/cli-access.yaml.',
  },
  ISM2123: {
    reason: 'MeshApiFailed',
    meaning: 'The mesh API could not be used, or refused the change.',
    mend: 'Check --context and --kubeconfig; the message holds the words of the API.',
  },
  ISM2124: {
    reason: 'RegionArgumentWrong',
    meaning: 'An argument of `isthmus region` is not what it should be.',
    mend: 'See `isthmus region --help`, or the --help of the command.',
  },
  ISM2125: {
    reason: 'RuleNotFound',
    meaning: 'There is no such rule to unset.',
    mend: '`isthmus region show` lists the rules there are.',
  },
  ISM2126: {
    reason: 'PolicyShared',
    meaning: 'The policy of that name is for several services, so the command does not change it for one.',
    mend: 'Edit it with kubectl, or delete it first.',
  },
  ISM2127: {
    reason: 'NotInMesh',
    meaning: 'The control plane does not know what was asked for.',
    mend: 'Check the name and its namespace; a service must be in a member cluster or in a ServiceEntry.',
  },
  ISM2128: {
    reason: 'ControlPlaneNotTrusted',
    meaning:
      "The certificate of the control plane's HTTP API is not of an authority that this machine trusts, or not for the name it was asked under.",
    mend: 'Name its authority with ISTHMUS_API_CA=FILE (for the mesh CA: root-cert.pem of ConfigMap istio-ca-root-cert in any member cluster), and use a host name that the certificate has.',
  },
})
