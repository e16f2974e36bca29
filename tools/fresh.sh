#!/usr/bin/env bash
# The README's two commands, in an empty folder that holds nothing but what is committed.
set -euo pipefail
unset MAKEFLAGS MAKELEVEL # this make is not the one that called

folder=$(mktemp -d)
lab=
trap '[ -z "$lab" ] || kill -- "-$lab" 2>/dev/null || true; rm -rf "$folder"' EXIT
git clone --quiet --no-hardlinks . "$folder/lectopt"
cd "$folder/lectopt"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
set -m # the server gets a process group of its own, to be ended as one
make lab ARGS="--no-browser --ServerApp.port=$port --ServerApp.port_retries=0" &
lab=$!
set +m
until python3 -c "import urllib.request as u; print(u.urlopen('http://127.0.0.1:$port/api').read().decode())" 2>/dev/null; do
    kill -0 "$lab" || { echo "make lab ended before its server answered"; exit 1; }
    sleep 1
done
kill -- "-$lab"
wait "$lab" || true
lab=

make test
