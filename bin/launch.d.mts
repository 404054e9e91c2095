export function nodeArguments(command: string | undefined): string[]
export function nodeEnvironment(env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv
