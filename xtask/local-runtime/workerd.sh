#!/bin/sh
# Starts workerd so that it dies with its parent, even if that is killed with -9, and writes down
# its process id for tests that kill it.
echo "$$" > "$EDGETUBE_WORKERD_PID_FILE"
# For measurements: the address at which the inspector of its JavaScript listens.
if [ -n "${EDGETUBE_INSPECTOR:-}" ]; then
  set -- "$@" "--inspector-addr=$EDGETUBE_INSPECTOR"
fi
if command -v setpriv > /dev/null 2>&1; then
  exec setpriv --pdeathsig KILL -- "$EDGETUBE_WORKERD" "$@"
fi
exec "$EDGETUBE_WORKERD" "$@"
