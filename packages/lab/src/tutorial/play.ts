import type { Scene, Step } from './scene.ts'

/** Steps that make what all later ones use: when one of them fails, trying the rest shows nothing. */
const foundations = 3

/** Plays the steps in order. A step that fails does not stop those after it, unless they stand on it. */
export async function play(scene: Scene, steps: readonly Step[], ended: () => boolean = () => false): Promise<void> {
  let broken: Step | undefined
  for (const step of steps) {
    if (ended()) return
    if (broken) scene.skip(step, `not tried: step ${broken.number} failed`)
    else if (!(await scene.play(step)) && step.number <= foundations) broken = step
  }
}
