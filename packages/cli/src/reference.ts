import type { Command, Help } from 'commander'

/** docs/reference/cli.md: every command with its arguments and options, as `--help` has them. */
export function cliPage(program: Command): string {
  const out = [
    '# The command line',
    '',
    '`npx isthmus` in the project, or `isthmus` after `eval "$(npx isthmus lab env)"`. This page is made from the commands by `npm run docs`.',
    '',
    'Exit codes: 0 done; 1 it failed, or something is not as it should be (the message has a code of [errors.md](errors.md)); 2 the command line was wrong; 3 there is nothing to ask, such as no lab that runs.',
  ]
  describe(program, [], out)
  return `${out.join('\n')}\n`
}

function describe(command: Command, path: readonly string[], out: string[]): void {
  const help: Help = command.createHelp()
  const here = [...path, command.name()]
  const children = help.visibleCommands(command).filter(child => child.name() !== 'help')
  if (children.length === 0) {
    const terms = command.registeredArguments.map(argument =>
      argument.variadic
        ? `${bracketed(argument.required, `${argument.name()}…`)}`
        : bracketed(argument.required, argument.name()),
    )
    out.push('', `## \`${[...here, ...terms].join(' ')}\``, '', sentence(command.description()))
    const described = help.visibleArguments(command).filter(argument => argument.description)
    const options = help.visibleOptions(command).filter(option => option.long !== '--help')
    if (described.length + options.length > 0) out.push('', '| | |', '|---|---|')
    for (const argument of described) row(`${argument.name()}`, help.argumentDescription(argument), out)
    for (const option of options) row(help.optionTerm(option), help.optionDescription(option), out)
  }
  for (const child of children) describe(child, here, out)
}

const bracketed = (required: boolean, name: string) => (required ? `<${name}>` : `[${name}]`)
const row = (term: string, text: string, out: string[]) =>
  out.push(`| \`${term.replaceAll('|', '\\|')}\` | ${text.replaceAll('|', '\\|')} |`)
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.?$/, '.')}`
