#!/usr/bin/env bash
# Drives the published TypeScript client, unmodified, against this server: about three minutes.
#
#   Dashboard.Tests/PublishedClient/run.sh [Release|Debug]
#
# Needs a build of that configuration, and Node 20. The client is installed into a temporary folder.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
configuration="${1:-Release}"
folder="$(mktemp -d)"
server=""
trap '[[ -z "$server" ]] || kill "$server" 2> /dev/null; rm -rf "$folder"' EXIT

cp "$here"/package*.json "$here"/*.cjs "$here"/.npmrc "$folder/"
npm ci --prefix "$folder" --ignore-scripts --legacy-peer-deps --loglevel error > /dev/null
# All it takes from React Native is the name of the platform.
mkdir -p "$folder/node_modules/react-native"
echo '{"name":"react-native","version":"0.0.0","main":"index.js"}' > "$folder/node_modules/react-native/package.json"
echo 'exports.Platform = { OS: "web" };' > "$folder/node_modules/react-native/index.js"

client_key="acceptance-client-key"
server_key="acceptance-server-key-0123456789abcdef"
Presence__Data="$folder/data" Presence__Clients__Key="$client_key" Presence__Server__Key="$server_key" Presence__Clients__AllowUnverifiedLogin=true \
  dotnet "$here/../../Dashboard/bin/$configuration/net10.0/Dashboard.dll" --urls http://127.0.0.1:0 > "$folder/server.log" 2>&1 &
server=$!

address=""
for _ in $(seq 240); do
  address="$(grep -o 'http://127\.0\.0\.1:[0-9]*$' "$folder/server.log" | head -n 1 || true)"
  [[ -n "$address" ]] && curl -sf "$address/health/ready" > /dev/null && break
  kill -0 "$server" 2> /dev/null || break
  sleep 0.5
done
if [[ -z "$address" ]]; then
  echo "The server did not start:"
  cat "$folder/server.log"
  exit 1
fi

node "$folder/scenario.cjs" "$address" "$client_key" "$server_key"
