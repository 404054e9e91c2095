export function findChromium(): string | undefined
export function ensureChromium(progress: (name: string, work: () => Promise<void>) => Promise<void>): Promise<void>
