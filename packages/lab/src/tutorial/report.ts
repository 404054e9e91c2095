/** One thing that was expected, and what was really seen. */
export interface Check {
  /** Number of the tutorial's step it belongs to. */
  readonly step: number
  readonly name: string
  readonly expected: string
  readonly observed: string
  readonly ok: boolean
  /** From the first action it needs to the observation. */
  readonly seconds: number
}

/** What `--report` writes. */
export interface Report {
  readonly steps: readonly Check[]
  /** Installing and building what was missing; 0 when everything was there. */
  readonly setupSeconds: number
  /** From nothing running to the world ready. */
  readonly worldSeconds: number
  /** Everything, set-up included. */
  readonly totalSeconds: number
}

export function report(steps: readonly Check[], seconds: { setup: number; world: number; total: number }): Report {
  return {
    steps,
    setupSeconds: tenths(seconds.setup),
    worldSeconds: tenths(seconds.world),
    totalSeconds: tenths(seconds.total),
  }
}

/** A run without any check has not shown anything. */
export function allOk(steps: readonly Check[]): boolean {
  return steps.length > 0 && steps.every(step => step.ok)
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10
}

/** `3 checks, all as expected` or which were not. */
export function summaryLine(steps: readonly Check[]): string {
  const wrong = steps.filter(step => !step.ok)
  const checks = steps.length === 1 ? '1 check' : `${steps.length} checks`
  if (wrong.length === 0) return `${checks}, all as expected`
  return `${checks}, ${wrong.length} not as expected: ${wrong.map(step => `step ${step.step}, ${step.name}`).join('; ')}`
}
