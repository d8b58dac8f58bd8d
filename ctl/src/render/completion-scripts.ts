// The scripts by which bash, zsh and fish ask fvctl what a word may become. What ends with / : or = goes on without a blank. The answer
// `<files>` means that the shell completes names of files there.

/** What fvctl answers where a file is named. */
export const FILES = "<files>";

/**
 * bash takes what stands before a `:` or `=` for words of their own, so that part is taken off again; within quotes it does not. What
 * means something to bash is escaped where no quote does that.
 */
const BASH = `# fvctl completion for bash: source <(fvctl completion bash)
_fvctl() {
  local line="\${COMP_LINE:0:COMP_POINT}" typed head
  typed="\${line##*[[:space:]]}"
  mapfile -t COMPREPLY < <("\${COMP_WORDS[0]}" __complete -- "$line" 2>/dev/null)
  if [[ \${COMPREPLY[0]} == "${FILES}" ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$typed")
    compopt -o filenames
    return
  fi
  if [[ $typed != [\\'\\"]* ]]; then
    head="\${typed%"\${typed##*[:=]}"}"
    COMPREPLY=("\${COMPREPLY[@]#"$head"}")
  fi
  if [[ \${#COMPREPLY[@]} -eq 1 ]]; then
    if [[ \${COMPREPLY[0]} == *[/:=] ]]; then compopt -o nospace; fi
    if [[ $typed != [\\'\\"]* ]]; then COMPREPLY=("\${COMPREPLY[0]//\\*/\\\\*}"); fi
  fi
}
complete -F _fvctl fvctl
`;

const ZSH = `#compdef fvctl
# fvctl completion for zsh: source <(fvctl completion zsh)
_fvctl() {
  local -a found
  found=("\${(@f)$("\${words[1]}" __complete -- "\${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" 2>/dev/null)}")
  found=(\${found:#})
  if [[ "\${found[1]}" == "${FILES}" ]]; then _files; return; fi
  compadd -S '' -- \${(M)found:#*[/:=]}
  compadd -- \${found:#*[/:=]}
}
compdef _fvctl fvctl
`;

const FISH = `# fvctl completion for fish: fvctl completion fish | source
function __fvctl_complete
  set -l found (fvctl __complete -- (commandline -cp) 2>/dev/null)
  if test "$found[1]" = "${FILES}"
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $found
  end
end
complete -c fvctl -f -a '(__fvctl_complete)'
`;

export const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
