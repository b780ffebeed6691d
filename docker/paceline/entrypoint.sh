#!/bin/sh
# The first program of the image: makes addresses out of secret files, then becomes what was asked for.
#   paceline serve | migrate | backup FILE | ...   any command of Paceline
#   paceline nats                                  the bus
#   paceline carrier                               the laboratory's carrier
# A secret never stands in the container's own configuration, where `docker inspect` would show it.
set -eu

fail() {
    echo "paceline: $*" >&2
    exit 1
}

# The first line of a secret file.
secret() {
    [ -r "$1" ] || fail "expected a secret in $1 that user $(id -u) may read: see docker/README.md"
    read -r line < "$1" || [ -n "$line" ] || fail "$1 is empty: docker/make-secrets.sh writes one"
    printf '%s' "$line"
}

# A secret as it may stand in an address.
quoted() {
    python -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe=""))' "$1"
}

run_bus() {
    password="$(secret "${NATS_PASSWORD_FILE:?}")"
    case "$password" in *[!A-Za-z0-9_-]*) fail "NATS's password: letters, digits, _ and - only" ;; esac
    configuration="${PACELINE_RUN:-/run/paceline}/nats.conf"
    umask 077
    cat > "$configuration" <<END
listen: ${NATS_LISTEN:-0.0.0.0:4222}
server_name: paceline
authorization { user: paceline, password: "$password" }
max_payload: 1MB
max_pending: 64MB
write_deadline: "2s"
END
    exec nats-server --config "$configuration"
}

# People of the laboratory: the last digit of the number decides what happens.
run_carrier() {
    settings="{\"population\": {\"kind\": \"digits\"}, \"carrier_port\": ${CARRIER_PORT:-5070}, \"dialer_port\": ${DIALER_PORT:-5060}, \"phones\": []}"
    { printf '%s\n' "$settings"; sleep infinity; } | python -m asterisk_config.lab.telephones
}

case "${1:-serve}" in
    nats) run_bus ;;
    carrier) run_carrier ;;
esac

if [ -n "${DATABASE_PASSWORD_FILE:-}" ]; then
    password="$(secret "$DATABASE_PASSWORD_FILE")"
    password="$(quoted "$password")"
    export DATABASE_URL="postgresql://paceline:$password@${DATABASE_HOST:-postgres}:5432/paceline"
fi
if [ -n "${NATS_PASSWORD_FILE:-}" ]; then
    password="$(secret "$NATS_PASSWORD_FILE")"
    password="$(quoted "$password")"
    export NATS_URL="nats://paceline:$password@${NATS_HOST:-nats}:4222"
fi
exec python -m app "$@"
