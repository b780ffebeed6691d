#!/bin/sh
# The first program of the image: Asterisk in the foreground, on files that `asterisk-configuration` has rendered.
set -eu

folder="${ASTERISK_CONFIGURATION:-/etc/asterisk}"
if [ ! -r "$folder/asterisk.conf" ]; then
    echo "asterisk: expected $folder/asterisk.conf; the service asterisk-configuration renders it" >&2
    exit 1
fi
exec asterisk -f -n -C "$folder/asterisk.conf" "$@"
