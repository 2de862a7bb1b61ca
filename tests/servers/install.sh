#!/usr/bin/env bash
# Installs the real servers that `pytest -m servers` starts, from Debian's packages; does nothing where they are there.
# Needs root. No service is started: the tests start their own, on random ports of the loopback interface.
set -euo pipefail

missing=()
compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || missing+=(postgresql)
[ -x /usr/sbin/sshd ] || missing+=(openssh-server)
command -v ssh-keygen >/dev/null && command -v ssh >/dev/null || missing+=(openssh-client)
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    echo "install.sh: ${missing[*]} not installed: apt-get and root are needed; the tests that need them are skipped" >&2
    exit 0
fi

# While this file stands, a package that is installed starts no service (Debian policy, section 9.3.3.1).
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "${missing[@]}"
