// The scripts by which bash, zsh and fish ask fvctl what a word may become. What ends with / : or = goes on without a blank.

/** bash takes what stands before a `:` or `=` for words of their own, so that part is taken off again. */
const BASH = `# fvctl completion for bash: source <(fvctl completion bash)
_fvctl() {
  local line="\${COMP_LINE:0:COMP_POINT}" typed head
  typed="\${line##*[[:space:]]}"
  head="\${typed%"\${typed##*[:=]}"}"
  mapfile -t COMPREPLY < <("\${COMP_WORDS[0]}" __complete -- "$line" 2>/dev/null)
  COMPREPLY=("\${COMPREPLY[@]#"$head"}")
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[/:=] ]]; then compopt -o nospace; fi
}
complete -F _fvctl fvctl
`;

const ZSH = `#compdef fvctl
# fvctl completion for zsh: source <(fvctl completion zsh)
_fvctl() {
  local -a found
  found=("\${(@f)$("\${words[1]}" __complete -- "\${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
  found=(\${found:#})
  compadd -S '' -- \${(M)found:#*[/:=]}
  compadd -- \${found:#*[/:=]}
}
compdef _fvctl fvctl
`;

const FISH = `# fvctl completion for fish: fvctl completion fish | source
complete -c fvctl -f -a '(fvctl __complete -- (commandline -cp) 2>/dev/null)'
`;

export const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
