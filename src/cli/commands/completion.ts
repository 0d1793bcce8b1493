/**
 * `calumet completion`: scripts for bash, zsh and fish, made from the tree of commands. Names of
 * workloads are asked from the server while you type.
 */
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'

/** A command as completion needs it. */
export interface Branch {
  /** Words after `calumet`; `''` for what stands first. */
  readonly path: string
  readonly words: readonly string[]
  readonly options: readonly string[]
  /** Whether a name of a workload may stand here, or a file. */
  readonly takes: 'names' | 'files' | 'nothing'
}

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

export async function completion(
  session: Session,
  shell: Shell,
  branches: readonly Branch[],
): Promise<number> {
  session.say(scripts[shell](branches))
  return exitCodes.ok
}

/** A shell expands what it is given, so nothing but plain names may come from a server. */
const plainName = /^[a-z0-9][a-z0-9-]*$/

/** One a line; nothing where the server does not answer, for an error would garble the prompt. */
export async function printNames(session: Session): Promise<number> {
  try {
    const api = await session.api()
    const { workloads } = await api.call('workloads', { query: { limit: 1_000 } })
    const names = workloads.map(({ name }) => name).filter((name) => plainName.test(name))
    session.say(names.map((name) => `${name}\n`).join(''))
  } catch {
    return exitCodes.failed
  }
  return exitCodes.ok
}

const scripts: Readonly<Record<Shell, (branches: readonly Branch[]) => string>> = {
  bash: (branches) => `# Load it with: source <(calumet completion bash)
_calumet() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" at='' word words=''
${walk(branches, `"\${COMP_WORDS[@]:1:COMP_CWORD-1}"`)}
  case "$at" in
${cases(branches, (branch) => `words='${all(branch)}'${bashTakes[branch.takes]}`)}
  esac
  COMPREPLY+=($(compgen -W "$words" -- "$cur"))
}
complete -o bashdefault -F _calumet calumet
`,
  zsh: (branches) => `#compdef calumet
# Load it with: source <(calumet completion zsh)
_calumet() {
  local at='' word
  local -a found
${walk(branches, `"\${(@)words[2,CURRENT-1]}"`)}
  case "$at" in
${cases(branches, (branch) => `found=(${all(branch)})${zshTakes[branch.takes]}`)}
  esac
  compadd -- $found
}
(( \${+functions[compdef]} )) && compdef _calumet calumet
`,
  fish: (branches) => `# Load it with: calumet completion fish | source
function __calumet_is
  set -l at ''
  for word in (commandline -opc)[2..-1]
    switch "$at $word"
      case ${nested(branches).map(quoted).join(' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
complete -c calumet -f
${branches.map(fishLines).join('')}`,
}

/** Finds the command that the words typed so far name. */
function walk(branches: readonly Branch[], typed: string): string {
  return `  for word in ${typed}; do
    case "$at $word" in
      ${nested(branches).map(quoted).join('|')}) at="$at $word" ;;
    esac
  done`
}

function cases(branches: readonly Branch[], body: (branch: Branch) => string): string {
  return branches
    .map((branch) => `    ${quoted(branch.path && ` ${branch.path}`)}) ${body(branch)} ;;`)
    .join('\n')
}

const askNames = 'calumet completion names 2>/dev/null'
const bashTakes = {
  names: `" $(${askNames})"`,
  files: '; COMPREPLY=($(compgen -f -- "$cur"))',
  nothing: '',
} as const
const zshTakes = {
  names: ` found+=(\${(f)"$(${askNames})"})`,
  files: '; _files',
  nothing: '',
} as const

function fishLines({ path, words, options, takes }: Branch): string {
  const when = `complete -c calumet -n '__calumet_is "${path && ` ${path}`}"'`
  const named = takes === 'names' ? [`${when} -a '(${askNames})'\n`] : []
  const files = takes === 'files' ? [`${when} -F\n`] : []
  const long = options.map((option) => `${when} -l ${option.slice(2)}\n`)
  const sub = words.length > 0 ? [`${when} -a '${words.join(' ')}'\n`] : []
  return [...sub, ...long, ...named, ...files].join('')
}

function nested(branches: readonly Branch[]): readonly string[] {
  return branches.filter(({ path }) => path !== '').map(({ path }) => ` ${path}`)
}

function all({ words, options }: Branch): string {
  return [...words, ...options].join(' ')
}

function quoted(text: string): string {
  return `'${text}'`
}
