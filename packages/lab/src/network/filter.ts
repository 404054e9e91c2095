import type { Group, GroupRule } from './topology.ts'

/** Load balancers and people reach the hosts of any group: 100.64.0.0/10 is theirs. */
const people = '100.64.0.0/10'

/**
 * A security group as it stands at each of its hosts, for what comes in from the VPC to the host and to its pods:
 * stateful; from members of the group (their pods too) all; from elsewhere by rule; the rest is dropped. A table of its
 * own, before kube-proxy's, which it does not touch.
 * @param members addresses and pod ranges of the group's hosts.
 */
export function filterTable(group: Group, members: readonly string[]): string {
  const accepted = group.rules.map(rule => `    ${ruleLine(rule)}`)
  return [
    'table inet isthmus {',
    '  set members {',
    '    type ipv4_addr; flags interval; auto-merge',
    ...(members.length ? [`    elements = { ${[...members].sort().join(', ')} }`] : []),
    '  }',
    '  chain group {',
    '    ct state established,related accept',
    '    ip saddr @members accept',
    `    ip saddr ${people} accept`,
    ...accepted,
    '    counter drop',
    '  }',
    '  chain input {',
    '    type filter hook input priority -10; policy accept;',
    '    iifname "eth0" jump group',
    '  }',
    '  chain forward {',
    '    type filter hook forward priority -10; policy accept;',
    '    iifname "eth0" jump group',
    '  }',
    '}',
    '',
  ].join('\n')
}

function ruleLine(rule: GroupRule): string {
  const from = `ip saddr ${rule.source}`
  if (rule.protocol === 'All') return `${from} accept`
  if (rule.protocol === 'ICMP') return `${from} ip protocol icmp accept`
  const protocol = rule.protocol.toLowerCase()
  if (!rule.ports) return `${from} meta l4proto ${protocol} accept`
  const [first, last] = rule.ports
  return `${from} ${protocol} dport ${first === last ? first : `${first}-${last}`} accept`
}
