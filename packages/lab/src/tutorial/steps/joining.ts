import type { Step } from '../scene.ts'
import { hangzhou, peerAttachment, shanghai } from '../world.ts'

/** Step 2: both clusters join the mesh; the far one only once the inter-region connection has bandwidth. */
export const joining: Step = {
  number: 2,
  title: 'Add both clusters to the mesh',
  async run(scene) {
    const { tools } = scene
    await scene.check(`${hangzhou.cluster} joins`, 'it is added', async () => {
      const { code, stdout, stderr } = await tools.tryIsthmus(`cluster add ${hangzhou.cluster}`)
      return { ok: code === 0, observed: code === 0 ? 'it is added' : lastWords(stderr + stdout) }
    })
    scene.narrator.say('The connection between the regions has no bandwidth plan yet.')
    await scene.check(
      `${shanghai.cluster} joins without bandwidth between the regions`,
      `it fails, and the reason is the bandwidth of ${peerAttachment}`,
      async () => {
        const { code, stdout, stderr } = await tools.tryIsthmus(`cluster add ${shanghai.cluster}`)
        const words = stderr + stdout
        const named = /bandwidth/i.test(words) && words.includes(peerAttachment)
        return { ok: code !== 0 && named, observed: code === 0 ? 'it was added' : reason(words) }
      },
    )
    await tools.kubectl('cloud', [
      'patch',
      'transitrouterpeerattachment',
      peerAttachment,
      '--type=merge',
      '-p',
      '{"spec":{"bandwidth":"100Mbps"}}',
    ])
    await tools.kubectl(
      'cloud',
      `wait transitrouterpeerattachment ${peerAttachment} --for=jsonpath={.status.bandwidth}=100Mbps --timeout=20s`,
      { show: false },
    )
    await scene.check(`${shanghai.cluster} joins with 100 Mbit/s between the regions`, 'it is added', async () => {
      const { code, stdout, stderr } = await tools.tryIsthmus(`cluster add ${shanghai.cluster}`)
      return { ok: code === 0, observed: code === 0 ? 'it is added' : lastWords(stderr + stdout) }
    })
    await tools.isthmus('cluster list')
  },
}

/** The line that speaks of bandwidth, else the last one. */
function reason(words: string): string {
  return (
    words
      .split('\n')
      .find(line => /bandwidth/i.test(line))
      ?.trim() ?? lastWords(words)
  )
}

function lastWords(words: string): string {
  return words.trim().split('\n').at(-1)?.trim() ?? ''
}
