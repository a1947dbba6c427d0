import { usage } from "../failure.ts";
import { print } from "../output/print.ts";

// Each asks `muster complete` with the words up to the cursor, and completes file names where that knows nothing.
const SCRIPTS = {
  bash: `_muster() {
  local IFS=$'\\n'
  COMPREPLY=($(muster complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  if [[ "\${COMPREPLY[0]}" == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _muster muster
`,
  zsh: `#compdef muster
_muster() {
  local -a found
  found=("\${(@f)$(muster complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -z "$found" ]]; then _files
  elif [[ "\${found[1]}" == *= ]]; then compadd -S '' -a found
  else compadd -a found; fi
}
if [[ "$funcstack[1]" == _muster ]]; then _muster "$@"; else compdef _muster muster; fi
`,
  fish: `function __muster_found
  set -g __muster_words (muster complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
  test (count $__muster_words) -gt 0
end
complete -c muster -n __muster_found -f -a '$__muster_words'
`,
} as const;

export const SHELLS = Object.keys(SCRIPTS);

export function printCompletion(shell: string): void {
  const script = new Map<string, string>(Object.entries(SCRIPTS)).get(shell);
  if (script === undefined) throw usage(`there is completion for ${SHELLS.join(", ")}`);
  print(script);
}
