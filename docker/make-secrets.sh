#!/bin/sh
# Write fresh secrets for docker-compose.yml: docker/make-secrets.sh DIR
# The folder is its owner's only; the files in it can be read, so that a container's user can.
set -eu

folder="${1:?usage: docker/make-secrets.sh DIR}"
umask 077
mkdir -p "$folder"
chmod 700 "$folder"
for name in postgres_password nats_password; do
    if [ -e "$folder/$name" ]; then
        echo "$folder/$name is there already and stays"
        continue
    fi
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > "$folder/$name"
    chmod 444 "$folder/$name"
    echo "written: $folder/$name"
done
