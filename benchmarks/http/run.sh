#!/usr/bin/env bash
# Heartbeats a second over HTTP, beside the least a server can do (BareHost) under the same load.
#
#   benchmarks/http/run.sh [pairs] [seconds]     default 20 pairs of 2 s runs, after 15 s of warm-up each
#
# Both servers stay up; runs alternate and the order within a pair flips, so that whatever else the machine does hits
# both. A pair's ratio compares neighbours in time; the median of the ratios is the figure. CPU is the server's own
# (user + system, /proc), the load generator's apart. Environment: USERS (100000), ROOMS (1000), CONNECTIONS (64).
#
# Needs wrk (Debian: apt-get install wrk), curl and Linux. Viewers sign in through the real API at the first run, a few
# minutes for 100,000; tokens and database stay in data/ beside this file for the next one. Delete that folder to start over.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

pairs="${1:-20}"
seconds="${2:-2}"
warm_up_seconds="${WARM_UP:-15}"
users="${USERS:-100000}"
connections="${CONNECTIONS:-64}"
export ROOMS="${ROOMS:-1000}"
bare=http://127.0.0.1:5480
product=http://127.0.0.1:5481
state="$PWD/benchmarks/http/data"
export TOKENS="$state/tokens"

for tool in wrk curl dotnet; do
  command -v "$tool" > /dev/null || { echo "run.sh: $tool is missing" >&2; exit 2; }
done

mkdir -p "$state"
work="$(mktemp -d)"
servers=()
stop() {
  for pid in "${servers[@]+"${servers[@]}"}"; do kill "$pid" 2> /dev/null || true; done
  wait
  rm -rf "$work"
}
trap stop EXIT

wait_until_ready() {
  local url="$1" pid="$2" log="$3" attempt
  for ((attempt = 0; attempt < 150; attempt++)); do
    if curl -s -o /dev/null -f --max-time 2 "$url"; then return; fi
    if ! kill -0 "$pid" 2> /dev/null; then break; fi
    sleep 0.2
  done
  echo "run.sh: the server behind $url did not start:" >&2
  cat "$log" >&2
  exit 1
}

start_servers() {
  dotnet build benchmarks/http/BareHost -c Release --nologo -v quiet -clp:NoSummary
  dotnet build Dashboard -c Release --nologo -v quiet -clp:NoSummary

  dotnet benchmarks/http/BareHost/bin/Release/net10.0/BareHost.dll --urls "$bare" > "$work/bare.log" 2>&1 &
  bare_pid=$!
  servers+=("$bare_pid")

  # Unverified and unlimited login is for this run alone: the server listens on the loopback interface, its users are
  # made up. Heartbeats keep their limit, two a second for each viewer; it takes many viewers to stay below it.
  Presence__Data="$state/presence" Presence__Clients__Key=benchmark Presence__Clients__AllowUnverifiedLogin=true \
    Presence__Limits__LoginsPerSecond=1000000 Presence__Limits__LoginBurst=1000000 \
    Logging__LogLevel__Default=Warning DOTNET_ENVIRONMENT=Production \
    dotnet Dashboard/bin/Release/net10.0/Dashboard.dll --urls "$product" > "$work/product.log" 2>&1 &
  product_pid=$!
  servers+=("$product_pid")

  wait_until_ready "$product/health/ready" "$product_pid" "$work/product.log"
  wait_until_ready "$bare/health/ready" "$bare_pid" "$work/bare.log"
}

log_in() {
  local have=0 first last i
  [[ -f "$TOKENS" ]] && have="$(wc -l < "$TOKENS")"
  if ((have >= users)); then return; fi
  echo "Signing in $((users - have)) viewers ..." >&2
  for ((first = have; first < users; first += 2000)); do
    last=$((first + 2000 < users ? first + 2000 : users))
    for ((i = first; i < last; i++)); do
      if ((i > first)); then echo next; fi
      printf 'url = "%s/api/v5/sessions"\nheader = "X-API-Key: benchmark"\nheader = "Content-Type: application/json"\n' "$product"
      printf 'data = "{\\"userId\\":\\"viewer-%d\\",\\"deviceId\\":\\"device-%d\\"}"\nno-progress-meter\n' "$i" "$i"
    done > "$work/logins"
    curl --no-progress-meter --parallel --parallel-max 32 --config "$work/logins" > "$work/answers"
    grep -o '"accessToken":"[^"]*"' "$work/answers" | cut -d '"' -f 4 > "$work/tokens" || true
    if (($(wc -l < "$work/tokens") != last - first)); then
      echo "run.sh: of $((last - first)) logins $(wc -l < "$work/tokens") succeeded. The last answer:" >&2
      tail -c 500 "$work/answers" >&2
      exit 1
    fi
    cat "$work/tokens" >> "$TOKENS"
  done
}

# Ticks of CPU a process has used, user and system, all threads. The name in field 2 may hold spaces: cut up to its bracket.
cpu_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }

# Appends "requests/s  CPU microseconds a request  p50  p99 (microseconds)" of one run to a file.
measure() {
  local url="$1" pid="$2" duration="$3" out="$4" before after result
  before="$(cpu_ticks "$pid")"
  result="$(SEED="$RANDOM" wrk -t 1 -c "$connections" -d "${duration}s" -s benchmarks/http/heartbeats.lua "$url" | grep '^RESULT')"
  after="$(cpu_ticks "$pid")"
  awk -v ticks="$((after - before))" -v hertz="$(getconf CLK_TCK)" -v url="$url" '{
    if ($6 + $7 > 0) { print "run.sh: " $6 " refusals and " $7 " broken connections from " url > "/dev/stderr"; exit 1 }
    printf "%.0f %.2f %d %d\n", $2 / ($3 / 1e6), ticks / hertz * 1e6 / $2, $4, $5 }' <<< "$result" >> "$out"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

median_of_column() { awk -v c="$2" '{ print $c }' "$1" | median; }

report() {
  local name columns=(throughput "CPU a request" p50 p99) column
  paste -d ' ' "$work/bare" "$work/product" > "$work/pairs"
  printf '\n%d pairs of %d s, %d viewers in %d rooms, %d connections, %d cores\n\n' \
    "$pairs" "$seconds" "$users" "$ROOMS" "$connections" "$(nproc)"
  printf '%-10s %14s %18s %10s %10s\n' median "heartbeats/s" "CPU us a request" "p50 us" "p99 us"
  for name in bare product; do
    printf '%-10s %14.0f %18.2f %10.0f %10.0f\n' "$name" "$(median_of_column "$work/$name" 1)" \
      "$(median_of_column "$work/$name" 2)" "$(median_of_column "$work/$name" 3)" "$(median_of_column "$work/$name" 4)"
  done
  printf '%-10s' "product / bare"
  for column in 1 2 3 4; do
    awk -v c="$column" '{ print $(c + 4) / $c }' "$work/pairs" | median | awk '{ printf " %.3f", $1 }'
  done
  printf '   (%s)\n' "$(IFS=,; echo "${columns[*]}")"
}

start_servers
log_in
echo "Warming up ..." >&2
measure "$bare" "$bare_pid" "$warm_up_seconds" "$work/warm-up"
measure "$product" "$product_pid" "$warm_up_seconds" "$work/warm-up"
for ((pair = 1; pair <= pairs; pair++)); do
  if ((pair % 2)); then
    measure "$bare" "$bare_pid" "$seconds" "$work/bare"
    measure "$product" "$product_pid" "$seconds" "$work/product"
  else
    measure "$product" "$product_pid" "$seconds" "$work/product"
    measure "$bare" "$bare_pid" "$seconds" "$work/bare"
  fi
  printf '%3d  bare %8s/s  product %8s/s\n' "$pair" "$(tail -n 1 "$work/bare" | cut -d ' ' -f 1)" "$(tail -n 1 "$work/product" | cut -d ' ' -f 1)"
done
report
