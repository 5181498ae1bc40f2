#!/usr/bin/env bash
# Builds the solution once, checks its formatting and runs every test suite.
#
#   ./test.sh                 everything a change must pass
#   ./test.sh --full          also the long proofs (they read PRESENCE_FULL=1)
#   ./test.sh Engine          only suites whose path contains "Engine"
#
# Needs the .NET SDK of global.json, Node 20 and Chromium, which it installs where it may. The last line is
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

npm_seconds=180
build_seconds=420
format_seconds=420
suite_seconds=$((full ? 3600 : 900))
results="$(mktemp -d)"
trap 'rm -rf "$results"' EXIT

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

# Runs a command for so many seconds at most. A time-out sends TERM, and KILL to what ignores it. The command has a
# process group of its own, which Ctrl+C does not reach: it runs in the background so that the trap below can end it.
bounded() {
  local seconds="$1"; shift
  timeout --kill-after=15 "$seconds" "$@" &
  wait $!
}
trap 'kill $(jobs -p) 2> /dev/null || true; exit 130' INT TERM

find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [[ -n "$name" ]] && command -v "$name"; then return; fi
  done
  return 1
}

provide_chromium() {
  if find_chromium > /dev/null; then return; fi
  if ((EUID != 0)) || ! command -v apt-get > /dev/null; then
    echo "The browser tests need Chromium. Install it (Debian, Ubuntu: sudo apt-get install chromium)"
    echo "or set CHROMIUM to the path of a Chromium or Chrome, and run ./test.sh again."
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  bounded 120 apt-get update -qq
  bounded 300 apt-get install -y -qq --no-install-recommends chromium fonts-liberation > /dev/null
  find_chromium > /dev/null
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
    fail "$name: not done after $suite_seconds s"
  elif ((exit_code != 0)); then
    fail "$name: ended with code $exit_code"
  elif ((suite_executed == 0)); then
    fail "$name: ran no test"
  fi
}

# One number of the summary a suite wrote (<Counters total="…" executed="…" passed="…" failed="…" …>); 0 when it wrote none.
counter() {
  local report="$1" name="$2" line
  line="$(grep -o -m 1 '<Counters [^>]*>' "$report" 2> /dev/null || true)"
  [[ "$line" =~ [[:space:]]$name=\"([0-9]+)\" ]] && echo "${BASH_REMATCH[1]}" || echo 0
}

run_tests() {
  local project="$1" report="$2"; shift 2
  bounded "$suite_seconds" dotnet test "$project" -c Release --no-build --nologo -v quiet \
    --logger "trx;LogFileName=$(basename "$report")" --logger "console;verbosity=minimal" --results-directory "$results" "$@"
}

# A few tests that failed are run once more, alone. One that passes then is told from one that fails always, and named
# at the end: what passes only when nothing else runs is a fault of the test or a race, and is there to be found.
run_suite() {
  local project="$1" name report exit_code=0 again
  name="$(basename "$project" .csproj)"
  report="$results/$name.trx"
  step "$name"
  run_tests "$project" "$report" || exit_code=$?

  local suite_total suite_executed suite_passed
  suite_total="$(counter "$report" total)"
  suite_executed="$(counter "$report" executed)"
  suite_passed="$(counter "$report" passed)"
  again="$(node build/failed-tests.mjs --filter "$report" 2> /dev/null || true)"
  if ((exit_code == 1)) && [[ -n "$again" ]]; then
    step "$name: what failed, once more"
    if run_tests "$project" "$results/$name-again.trx" --filter "$again" && (($(counter "$results/$name-again.trx" passed) > 0)); then
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

# A script of the TypeScript client's package.json that runs tests.
run_client_suite() {
  local script="$1" name="$client, npm run $1" report exit_code=0
  report="$results/${script/:/-}.json"
  step "$name"
  bounded "$suite_seconds" npm run --silent --prefix "$client" "$script" -- \
    --reporter=default --reporter=json --outputFile.json="$report" || exit_code=$?

  local suite_total suite_passed suite_failed
  suite_total="$(json_counter "$report" Total)"
  suite_passed="$(json_counter "$report" Passed)"
  suite_failed="$(json_counter "$report" Failed)"
  account "$name" "$report" "$exit_code" "$suite_total" "$((suite_passed + suite_failed))" "$suite_passed"
}

mapfile -t suites < <(find . -name '*.Tests.csproj' -not -path '*/obj/*' -not -path '*/bin/*' | grep -F -- "$suite_filter" | sort)
client=clients/typescript
[[ "$client" == *"$suite_filter"* ]] || client=""
if ((${#suites[@]} == 0)) && [[ -z "$client" ]]; then
  fail "no test suite matches \"$suite_filter\""
  finish
fi

step "Chromium"
if ! provide_chromium; then
  fail "Chromium is missing"
  finish
fi
CHROMIUM="$(find_chromium)"
export CHROMIUM
echo "$CHROMIUM"

step "npm packages"
for package in Dashboard.Tests $client; do
  if bounded "$npm_seconds" npm ci --prefix "$package" --no-audit --no-fund --loglevel error; then
    echo "installed in $package"
  else
    fail "npm ci in $package; it needs Node 20"
    finish
  fi
done

step "Build"
if ! bounded "$build_seconds" dotnet build PresenceDashboard.sln -c Release --nologo -v quiet -clp:NoSummary; then
  fail "the build"
  finish
fi

step "Format"
if bounded "$format_seconds" dotnet format PresenceDashboard.sln --no-restore --verify-no-changes 2>&1; then
  echo "clean"
else
  fail "formatting: run dotnet format and commit what it changes"
fi

for suite in "${suites[@]+"${suites[@]}"}"; do run_suite "$suite"; done
if [[ -n "$client" ]]; then
  run_client_suite test
  run_client_suite test:server
fi

if ((full)); then
  step "The published client"
  if bounded 600 Dashboard.Tests/PublishedClient/run.sh Release; then
    passed=$((passed + 1))
  else
    fail "the published client"
  fi
fi
finish
