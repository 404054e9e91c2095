import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { bookinfo } from '@isthmus/lab/tutorial/steps/bookinfo.ts'
import { network } from '@isthmus/lab/tutorial/steps/network.ts'
import { noBrowser } from './browser.ts'
import { addAndMend } from './chapters/clusters.ts'
import { everyPage, keyboard, phone } from './chapters/looks.ts'
import { isText } from './chapters/markup.ts'
import { controlPlaneLost } from './chapters/outage.ts'
import { conflict, editDestinationRule } from './chapters/rules.ts'
import { byLink, byToken } from './chapters/signing-in.ts'
import { distributionByClicks, failOver, failoverByClicks, versionsByRegion } from './chapters/traffic.ts'
import { readsOnly } from './chapters/viewer.ts'
import { Stage } from './stage.ts'

/*
 * The console in a real browser on the tutorial's world: one story, each chapter standing on those before it. What a reader
 * of the tutorial does with kubectl and isthmus is done here by clicks, and the mesh is asked whether it is so.
 */

const missing = noBrowser()
let stage: Stage
let broken = false

// Root has a browser installed by `npm test`: where that failed nobody should think that the console was tested.
if (missing !== undefined)
  test('a browser for the console', { skip: process.getuid?.() === 0 ? false : missing }, () => assert.fail(missing))
else
  test('a world with a browser beside it', { timeout: 15 * 60_000 }, async () => {
    broken = true
    stage = await Stage.open()
    broken = false
  })

after(() => stage?.close(), { timeout: 60_000 })

/** A chapter. One that others stand on takes them with it when it fails: what they would find says nothing. */
function chapter(name: string, play: (stage: Stage) => Promise<void>, others: 'need it' | 'do without' = 'do without') {
  if (missing !== undefined) return
  test(name, { timeout: 10 * 60_000 }, async t => {
    if (broken) return t.skip('a chapter that this one stands on failed')
    try {
      await play(stage)
    } catch (error) {
      broken ||= others === 'need it'
      await stage.broken(name)
      throw error
    }
  })
}

chapter('a link signs in once', byLink, 'need it')
chapter('a token signs in, a wrong one is refused with words', byToken)
chapter('two regions and what their pods may reach', async at => at.play(network), 'need it')
chapter('a cluster that cannot join says why, live, and joins once that is mended', addAndMend, 'need it')
chapter('Bookinfo in both clusters', async at => at.play(bookinfo), 'need it')
chapter('a DestinationRule is edited as YAML, seen as a difference, saved', editDestinationRule)
chapter('failover both ways by clicks', async at => {
  await versionsByRegion(at)
  await failoverByClicks(at)
})
chapter('reviews of Hangzhou scaled to nothing by clicks: state, matrix and curl agree', failOver)
chapter('failover off and a tenth to Shanghai by clicks: curl agrees', distributionByClicks)
chapter('who may only read sees, is told why not, and cannot', readsOnly)
chapter('two people at one object', conflict)
chapter('the control plane killed and back', controlPlaneLost)
chapter('markup and the longest names are text everywhere', isText)
chapter('every page, light and dark: no serious breach of WCAG AA, nothing in the console', everyPage)
chapter('the overview on a phone', phone)
chapter('without a mouse', keyboard)
