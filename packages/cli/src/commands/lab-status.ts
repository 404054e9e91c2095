import type { LabStatus } from '@isthmus/lab'
import pc from 'picocolors'

/** For people: what runs, its addresses, and what is not as it should be. */
export function printStatus(status: LabStatus, record: { startedAt: number; readySeconds?: number }): void {
  const age = Math.round((Date.now() - record.startedAt) / 1000)
  const since = record.readySeconds === undefined ? 'not ready yet' : `ready after ${record.readySeconds.toFixed(1)} s`
  console.log(`${status.ready ? pc.green('ready') : pc.yellow('not ready')}, up ${age} s, ${since}`)
  for (const mesh of status.meshes) {
    console.log(`\n${pc.bold(mesh.name)} (mesh) ${mesh.phase}: ${mesh.message}`)
    console.log(`  API ${mesh.publicEndpoint ?? '-'}  inside ${mesh.privateEndpoint}  xDS ${mesh.discovery}`)
  }
  for (const cluster of status.clusters) {
    console.log(`\n${pc.bold(cluster.name)} ${cluster.phase}: ${cluster.message}`)
    console.log(`  API ${cluster.publicEndpoint ?? '-'}  inside ${cluster.privateEndpoint}`)
    for (const node of cluster.nodes)
      console.log(`  ${node.ready ? pc.green('●') : pc.red('●')} ${node.name}  ${node.address}  pods ${node.podCIDR}`)
  }
  const wrong = status.resources.filter(r => !r.ready)
  if (wrong.length) console.log('')
  for (const { id, reason, message } of wrong) console.log(`${pc.red('✗')} ${id} ${reason}: ${message}`)
}
