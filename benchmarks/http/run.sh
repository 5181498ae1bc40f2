#!/usr/bin/env bash
# Heartbeats a second over HTTP, beside the least a server can do (EmptyHost) and, where Node and redis-server are installed,
# beside the usual way to build this (RedisComparison: Fastify and a Redis sorted set a room), under the same load.
#
#   benchmarks/http/run.sh [rounds] [seconds]     default 20 rounds of 2 s runs, after 15 s of warm-up each
#
# All servers stay up; runs alternate and the order within a round turns, so that whatever else the machine does hits
# all. A round's ratio compares neighbours in time; the median of the ratios is the figure. CPU is the server's own
# (user + system, /proc; the peer's with that of its Redis), the load generator's apart.
# Environment: USERS (100000), ROOMS (1000), CONNECTIONS (64), WARM_UP (15), PEER=0 to leave the peer out.
#
# Needs wrk (Debian: apt-get install wrk), curl and Linux. The viewers' tokens are signed as a customer's backend signs them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

rounds="${1:-20}"
seconds="${2:-2}"
warm_up_seconds="${WARM_UP:-15}"
users="${USERS:-100000}"
connections="${CONNECTIONS:-64}"
export ROOMS="${ROOMS:-1000}"
export JWT_SECRET="a-secret-for-this-benchmark-alone-0123456789"

for tool in wrk curl dotnet; do
  command -v "$tool" > /dev/null || { echo "run.sh: $tool is missing" >&2; exit 2; }
done
names=(bare product)
if [[ "${PEER:-1}" != 0 ]] && command -v node > /dev/null && command -v npm > /dev/null && command -v redis-server > /dev/null; then names+=(peer); fi

declare -A url=([bare]=http://127.0.0.1:5480 [product]=http://127.0.0.1:5481 [peer]=http://127.0.0.1:5482)
declare -A pids=()
redis_port=5483

work="$(mktemp -d)"
export TOKENS="$work/tokens"
stop() {
  # shellcheck disable=SC2086 # several processes a server
  for name in "${!pids[@]}"; do kill ${pids[$name]} 2> /dev/null || true; done
  wait
  rm -rf "$work"
}
trap stop EXIT

wait_until_ready() {
  local name="$1" attempt
  for ((attempt = 0; attempt < 150; attempt++)); do
    if curl -s -o /dev/null -f --max-time 2 "${url[$name]}/health/ready"; then return; fi
    if ! kill -0 "${pids[$name]%% *}" 2> /dev/null; then break; fi
    sleep 0.2
  done
  echo "run.sh: the server behind ${url[$name]} did not start:" >&2
  cat "$work/$name.log" >&2
  exit 1
}

start_servers() {
  dotnet build benchmarks/http/EmptyHost -c Release --nologo -v quiet -clp:NoSummary
  dotnet build Dashboard -c Release --nologo -v quiet -clp:NoSummary
  local bare_host=benchmarks/http/EmptyHost/bin/Release/net10.0/EmptyHost.dll
  dotnet "$bare_host" mint "$users" > "$TOKENS"

  dotnet "$bare_host" --urls "${url[bare]}" > "$work/bare.log" 2>&1 &
  pids[bare]=$!
  # Heartbeats keep their limit, two a second for each viewer; it takes many viewers to stay below it.
  Presence__Data="$work/presence" Presence__Clients__Jwt__Secret="$JWT_SECRET" \
    Logging__LogLevel__Default=Warning DOTNET_ENVIRONMENT=Production \
    dotnet Dashboard/bin/Release/net10.0/Dashboard.dll --urls "${url[product]}" > "$work/product.log" 2>&1 &
  pids[product]=$!
  if [[ " ${names[*]} " == *" peer "* ]]; then start_peer; fi
  for name in "${names[@]}"; do wait_until_ready "$name"; done
}

start_peer() {
  npm ci --prefix benchmarks/http/RedisComparison --no-audit --no-fund --loglevel error > /dev/null
  redis-server --port "$redis_port" --save "" --appendonly no > "$work/redis.log" 2>&1 &
  local redis=$!
  REDIS_PORT="$redis_port" PORT="${url[peer]##*:}" NODE_ENV=production node benchmarks/http/RedisComparison/server.js > "$work/peer.log" 2>&1 &
  pids[peer]="$! $redis"
}

# Ticks of CPU a process has used, user and system, all threads. The name in field 2 may hold spaces: cut up to its bracket.
cpu_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }

# Ticks of all processes of a server.
ticks_of() {
  local pid total=0
  for pid in ${pids[$1]}; do total=$((total + $(cpu_ticks "$pid"))); done
  echo "$total"
}

# Appends "requests/s  CPU microseconds a request  p50  p99 (microseconds)" of one run to a file.
measure() {
  local name="$1" duration="$2" out="$3" before after result
  before="$(ticks_of "$name")"
  result="$(SEED="$RANDOM" wrk -t 1 -c "$connections" -d "${duration}s" -s benchmarks/http/heartbeats.lua "${url[$name]}" | grep '^RESULT')"
  after="$(ticks_of "$name")"
  awk -v ticks="$((after - before))" -v hertz="$(getconf CLK_TCK)" -v url="${url[$name]}" '{
    if ($6 + $7 > 0) { print "run.sh: " $6 " refusals and " $7 " broken connections from " url > "/dev/stderr"; exit 1 }
    printf "%.0f %.2f %d %d\n", $2 / ($3 / 1e6), ticks / hertz * 1e6 / $2, $4, $5 }' <<< "$result" >> "$out"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

median_of_column() { awk -v c="$2" '{ print $c }' "$1" | median; }

# The medians of the rounds' ratios of the product to another server.
report_ratios() {
  local other="$1" column
  paste -d ' ' "$work/$other" "$work/product" > "$work/pairs"
  printf '%-16s' "product / $other"
  for column in 1 2 3 4; do
    awk -v c="$column" '{ print $(c + 4) / $c }' "$work/pairs" | median | awk '{ printf " %12.3f", $1 }'
  done
  echo
}

report() {
  local name column
  printf '\n%d rounds of %d s, %d viewers in %d rooms, %d connections, %d cores\n\n' \
    "$rounds" "$seconds" "$users" "$ROOMS" "$connections" "$(nproc)"
  printf '%-16s %12s %12s %12s %12s\n' median "heartbeats/s" "CPU us each" "p50 us" "p99 us"
  for name in "${names[@]}"; do
    printf '%-16s' "$name"
    for column in 1 2 3 4; do median_of_column "$work/$name" "$column" | awk '{ printf " %12.2f", $1 }'; done
    echo
  done
  for name in "${names[@]}"; do
    if [[ "$name" != product ]]; then report_ratios "$name"; fi
  done
}

start_servers
echo "Warming up ..." >&2
for name in "${names[@]}"; do measure "$name" "$warm_up_seconds" "$work/warm-up"; done
for ((round = 1; round <= rounds; round++)); do
  for ((place = 0; place < ${#names[@]}; place++)); do
    name="${names[(place + round) % ${#names[@]}]}"
    measure "$name" "$seconds" "$work/$name"
  done
  printf '%3d ' "$round"
  for name in "${names[@]}"; do printf '  %s %8s/s' "$name" "$(tail -n 1 "$work/$name" | cut -d ' ' -f 1)"; done
  echo
done
report
