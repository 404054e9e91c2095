import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

/**
 * For bash. The library's own needs the package bash-completion, complains when it is loaded twice, and has the shell evaluate
 * what was typed so far: a Tab would run `$(…)`.
 */
const bash = `# bash completion for isthmus; load it with: source <(isthmus completion bash)
__isthmus_complete() {
    local line=\${COMP_LINE:0:COMP_POINT} words word
    read -ra words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    local typed=\${words[\${#words[@]}-1]}
    COMPREPLY=()
    while IFS=$'\\t' read -r word _; do
        [[ $word == "$typed"* && $word != :* ]] && COMPREPLY+=("$word")
    done < <(isthmus complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F __isthmus_complete isthmus`

/** `completion SHELL` prints a script for a shell, which calls `complete -- WORDS` for what fits. */
export function register(program: Command): void {
  const root = tab(program, { completionCommandName: 'completion' })
  program.commands
    .find(command => command.name() === 'completion')
    ?.description('Print a script that completes this command in a shell, to be loaded by it.')
    .action((shell: string) =>
      shell === 'bash' ? console.log(bash) : root.setup(program.name(), program.name(), shell),
    )
}
