#!/bin/bash
# number.sh, to be sourced: what a process is called in the lab's own PID namespace.

# The number there of the process that has this one on the machine; it may run. All at once, since line by line each line
# is a new look at a file that grows and shrinks with the process's state, and one may be missed.
lab_number() {
  local status
  status=$(<"/proc/$1/status") 2>/dev/null
  # Its number on the machine, in the lab (ours), in the node.
  [[ $status =~ NSpid:[[:space:]]+[0-9]+[[:space:]]+([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}
