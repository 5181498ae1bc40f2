#!/usr/bin/env bash
# Builds the solution once, checks its formatting and runs every test suite.
#
#   ./test.sh                 everything a change must pass
#   ./test.sh --full          also the long proofs (they read PRESENCE_FULL=1)
#   ./test.sh Engine          only suites whose path contains "Engine"
#
# Needs the .NET SDK of global.json, Node 20, Chromium, nginx, Caddy and Prometheus; the last four it installs where it may. The last line is
# "N passed, N failed"; the exit code is 0 only when nothing failed and every suite ran at least one test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

full=0
suite_filter=""
for argument in "$@"; do
  case "$argument" in
    --full) full=1 ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) echo "test.sh: unknown option $argument (try --help)" >&2; exit 2 ;;
    *) suite_filter="$argument" ;;
  esac
done

# Build servers that outlive a command keep its output open, and whoever reads this script's output through a pipe waits for them.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export PRESENCE_FULL="$full"

# A suite is ended when no test of it has begun or ended for so long, so that a slow machine passes. The seconds are a last
# resort, for what hangs before its first test and for what runs no tests.
stalled=$((full ? 20 : 5))m
last_resort_seconds=$((full ? 14400 : 3600))

# Each of some hundred servers has a database of its own: a file system in memory spares them the waits for a disk, of which no
# test proves anything. A container's is often too small, and then the usual one serves.
memory=""
if [[ "$(stat -f -c %T /dev/shm 2> /dev/null)" == tmpfs ]] && (($(df --output=avail /dev/shm | tail -n 1) > 4000000)) &&
  (($(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo) > 8000000)); then
  memory="$(mktemp -d /dev/shm/presence.XXXXXX)"
  export TMPDIR="$memory"
fi
# With RESULTS set to a folder, what the suites report stays in it.
if [[ -n "${RESULTS:-}" ]]; then
  mkdir -p "$RESULTS"
  results="$(realpath "$RESULTS")"
  trap 'rm -rf ${memory:+"$memory"}' EXIT
else
  results="$(mktemp -d)"
  trap 'rm -rf "$results" ${memory:+"$memory"}' EXIT
fi

passed=0 failed=0 skipped=0
failures=()
unsteady=()

step() { printf '\n== %s\n' "$*"; }

# Says what failed once at the end too, where it is seen. A check that fails counts as one failed test.
fail() {
  failures+=("$1")
  failed=$((failed + ${2:-1}))
}

finish() {
  echo
  for test in "${unsteady[@]+"${unsteady[@]}"}"; do echo "UNSTEADY: $test"; done
  for failure in "${failures[@]+"${failures[@]}"}"; do echo "FAILED: $failure"; done
  local verdict="$passed passed, $failed failed"
  ((skipped == 0)) || verdict+=", $skipped skipped"
  echo "$verdict"
  exit $((failed == 0 ? 0 : 1))
}

# Runs a command, for an hour at most. A time-out sends TERM, and KILL to what ignores it. The command has a process group of its
# own, which Ctrl+C does not reach: it runs in the background so that the trap below can end it. What it leaves behind (a test
# runner that was ended leaves its tests' process, and that its browser) ends with it.
bounded() {
  local exit_code=0
  timeout --kill-after=15 "$last_resort_seconds" "$@" &
  local group=$!
  wait "$group" || exit_code=$?
  kill -KILL -- "-$group" 2> /dev/null || true
  return "$exit_code"
}
end_jobs() { kill $(jobs -p) 2> /dev/null || true; exit 130; }
trap end_jobs INT TERM

find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [[ -n "$name" ]] && command -v "$name"; then return; fi
  done
  return 1
}

# Installs Debian packages, where it may, unless the command they bring is there.
provide() {
  local command="$1"; shift
  if command -v "$command" > /dev/null || [[ -x "/usr/sbin/$command" ]]; then return; fi
  if ((EUID != 0)) || ! command -v apt-get > /dev/null; then
    echo "The tests need $command. Install it (Debian, Ubuntu: sudo apt-get install $*) and run ./test.sh again."
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  # Nothing that is installed here is started as a service: the tests start their own.
  [[ -e /usr/sbin/policy-rc.d ]] || { printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d && policy=1; }
  bounded apt-get update -qq && bounded apt-get install -y -qq --no-install-recommends "$@" > /dev/null
  local exit_code=$?
  [[ -z "${policy:-}" ]] || rm -f /usr/sbin/policy-rc.d
  return "$exit_code"
}

provide_chromium() {
  find_chromium > /dev/null || provide chromium chromium fonts-liberation ||
    { echo "Or set CHROMIUM to the path of a Chromium or Chrome."; return 1; }
}

# For the end of the output: the middle of a long one is what gets lost.
failed_tests() { node build/failed-tests.mjs "$1" 2> /dev/null || true; }

# Adds a suite to the totals. What went wrong without a failed test counts as one.
account() {
  local name="$1" report="$2" exit_code="$3" suite_total="$4" suite_executed="$5" suite_passed="$6"
  local suite_failed=$((suite_executed - suite_passed)) # also tests that ended in an error, a time-out or an abort

  passed=$((passed + suite_passed))
  skipped=$((skipped + suite_total - suite_executed))
  if ((suite_failed > 0)); then
    fail "$name: $suite_failed of $suite_executed tests"$'\n'"$(failed_tests "$report")" "$suite_failed"
  elif ((exit_code == 124 || exit_code == 137)); then
    fail "$name: not done after $last_resort_seconds s"
  elif ((exit_code != 0)); then
    fail "$name: ended with code $exit_code$(hung_tests "$name")"
  elif ((suite_executed == 0)); then
    fail "$name: ran no test"
  fi
}

# The tests that were under way when a suite was ended for want of progress; nothing when it was not.
hung_tests() {
  find "$results/$1" -name 'Sequence_*.xml' -exec grep -ho '<Test Name="[^"]*"[^>]*Completed="False"' {} + 2> /dev/null |
    sed 's/<Test Name="\([^"]*\)".*/, no test done for '"$stalled"' while \1 ran/' | sort -u | head -n 5 || true
}

# One number of the summary a suite wrote (<Counters total="…" executed="…" passed="…" failed="…" …>); 0 when it wrote none.
counter() {
  local report="$1" name="$2" line
  line="$(grep -o -m 1 '<Counters [^>]*>' "$report" 2> /dev/null || true)"
  [[ "$line" =~ [[:space:]]$name=\"([0-9]+)\" ]] && echo "${BASH_REMATCH[1]}" || echo 0
}

run_tests() {
  local project="$1" report="$2"; shift 2
  bounded dotnet test "$project" -c Release --no-build --nologo -v quiet --blame-hang-timeout "$stalled" --blame-hang-dump-type none \
    --logger "trx;LogFileName=$report" --logger "console;verbosity=minimal" --results-directory "$(dirname "$report")" "$@"
}

# Runs one part of the whole and keeps what it prints and how it ended, to be told when all are done.
run_part() {
  local name="$1" exit_code=0 began=$SECONDS; shift
  mkdir -p "$results/$name"
  echo "$name: running"
  "$@" > "$results/$name/output" 2>&1 || exit_code=$?
  echo "$exit_code" > "$results/$name/exit-code"
  echo "$name: $((exit_code == 0 ? 0 : 1)) $((SECONDS - began))" | sed -E 's/: 0 (.*)/: done after \1 s/; s/: 1 (.*)/: failed after \1 s/'
}

# A few tests that failed are run once more, alone. One that passes then is told from one that fails always, and named
# at the end: what passes only when nothing else runs is a fault of the test or a race, and is there to be found.
conclude_suite() {
  local project="$1" name report exit_code again
  name="$(basename "$project" .csproj)"
  report="$results/$name/report.trx"
  exit_code="$(cat "$results/$name/exit-code")"
  step "$name"
  cat "$results/$name/output"

  local suite_total suite_executed suite_passed
  suite_total="$(counter "$report" total)"
  suite_executed="$(counter "$report" executed)"
  suite_passed="$(counter "$report" passed)"
  again="$(node build/failed-tests.mjs --filter "$report" 2> /dev/null || true)"
  if ((exit_code == 1)) && [[ -n "$again" ]]; then
    step "$name: what failed, once more"
    if run_tests "$project" "$results/$name-again/report.trx" --filter "$again" && (($(counter "$results/$name-again/report.trx" passed) > 0)); then
      unsteady+=("$name: passed only when run again"$'\n'"$(failed_tests "$report")")
      exit_code=0
      suite_passed="$suite_executed"
    fi
  fi
  account "$name" "$report" "$exit_code" "$suite_total" "$suite_executed" "$suite_passed"
}

# The same of a JSON report ("numPassedTests":…).
json_counter() {
  local report="$1" name="$2" line
  line="$(grep -o -m 1 "\"num${name}Tests\":[0-9]*" "$report" 2> /dev/null || true)"
  echo "${line##*:}" | grep . || echo 0
}

# A script of the TypeScript client's package.json that runs tests. Each test has a time limit of its own (vitest.config.ts).
run_client_suite() {
  bounded npm run --silent --prefix "$client" "$1" -- --reporter=default --reporter=json --outputFile.json="$results/client $1/report.json"
}

conclude_client_suite() {
  local name="client $1" report suite_total suite_passed suite_failed
  report="$results/$name/report.json"
  step "$client, npm run $1"
  cat "$results/$name/output"
  suite_total="$(json_counter "$report" Total)"
  suite_passed="$(json_counter "$report" Passed)"
  suite_failed="$(json_counter "$report" Failed)"
  account "$name" "$report" "$(cat "$results/$name/exit-code")" "$suite_total" "$((suite_passed + suite_failed))" "$suite_passed"
}

# The build enforces the rules of style and the analyzers'. What it does not know is how lines are indented, and int for Int32,
# which is left to the long proofs.
check_format() {
  if ((full)); then
    bounded dotnet format PresenceDashboard.sln --no-restore --verify-no-changes
  else
    bounded dotnet format whitespace . --folder --verify-no-changes
  fi
}

mapfile -t suites < <(find . -name '*.Tests.csproj' -not -path '*/obj/*' -not -path '*/bin/*' | grep -F -- "$suite_filter" | sort)
client=clients/typescript
[[ "$client" == *"$suite_filter"* ]] || client=""
if ((${#suites[@]} == 0)) && [[ -z "$client" ]]; then
  fail "no test suite matches \"$suite_filter\""
  finish
fi

step "What the tests need"
if ! provide_chromium || ! provide nginx nginx-light || ! provide caddy caddy || ! provide promtool prometheus; then
  fail "something the tests need is missing"
  finish
fi
# Not needed, but with it the server's browser tests take half the CPU. Only what apt knows already: no update for it.
if ((EUID == 0 && !full)) && ! command -v chromium-headless-shell > /dev/null && command -v apt-get > /dev/null; then
  DEBIAN_FRONTEND=noninteractive timeout 120 apt-get install -y -qq --no-install-recommends chromium-headless-shell > /dev/null 2>&1 || true
fi
CHROMIUM="$(find_chromium)"
export CHROMIUM
echo "$CHROMIUM"

# One compiler for all projects: it ends with the group that the build runs in. Analyzers judge the product; the tests, too, in the
# long run and in every build outside of this script.
build() {
  UseSharedCompilation=true SharedCompilationId="presence-$$" bounded dotnet build PresenceDashboard.sln -c Release --nologo -v quiet -clp:NoSummary \
    -p:AnalyzesTests="$( ((full)) && echo true || echo false)"
}
install_packages() {
  trap end_jobs INT TERM # a subshell has its parent's functions, not its traps
  bounded npm ci --prefix "$1" --no-audit --no-fund --loglevel error > "$results/npm-$(basename "$1")" 2>&1 || { cat "$results/npm-$(basename "$1")"; return 1; }
}
# The client's own tests need nothing of the build.
begin_client() {
  [[ -n "$client" ]] || return 0
  install_packages "$client" && run_part "client test" run_client_suite test
}
step "Build, and beside it the npm packages and the client's own tests"
install_packages Dashboard.Tests &
packages=$!
begin_client &
client_tests=$!
build || fail "the build"
wait "$packages" || fail "npm ci; it needs Node 20"
((failed == 0)) || { kill $(jobs -p) 2> /dev/null || true; finish; }

# The server's and the client's suites wait more than they compute, for browsers and for processes that start and stop. So
# three lanes share the machine; the format is checked last in the one that is done first.
step "Tests"
server=()
others=()
for suite in "${suites[@]+"${suites[@]}"}"; do
  if [[ "$suite" == */Dashboard.Tests.csproj ]]; then server+=("$suite"); else others+=("$suite"); fi
done
run_suites() {
  local suite
  trap end_jobs INT TERM
  for suite in "$@"; do run_part "$(basename "$suite" .csproj)" run_tests "$suite" "$results/$(basename "$suite" .csproj)/report.trx"; done
}
run_suites "${server[@]+"${server[@]}"}" &
lanes=($!)
{
  run_suites "${others[@]+"${others[@]}"}"
  run_part format check_format
} &
lanes+=($!)
if ! wait "$client_tests"; then
  fail "npm ci of the client; it needs Node 20"
  client=""
elif [[ -n "$client" ]]; then
  run_part "client test:server" run_client_suite test:server
fi
wait "${lanes[@]}"

for suite in "${suites[@]+"${suites[@]}"}"; do conclude_suite "$suite"; done
if [[ -n "$client" ]]; then
  conclude_client_suite test
  conclude_client_suite test:server
fi
step "Format"
if (($(cat "$results/format/exit-code") == 0)); then
  echo "clean"
else
  cat "$results/format/output"
  fail "formatting: run dotnet format and commit what it changes"
fi

if ((full)); then
  step "The published client"
  if bounded Dashboard.Tests/PublishedClient/run.sh Release; then
    passed=$((passed + 1))
  else
    fail "the published client"
  fi
fi
finish
