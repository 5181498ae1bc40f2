#!/usr/bin/env bash
# A year of history in the real database, made by the writers of the server: what it weighs, and how long its questions take.
#
#   benchmarks/history/run.sh [folder] [broadcasts] [visits]     default a temporary folder, 2000, 5000000 (over 1,000 rooms, 50,000 people)
#
# Making the year takes some ten minutes and 400 MB. A folder that is named is kept, and measured as it is the next time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

folder="${1:-}"
if [[ -z "$folder" ]]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
dotnet run -c Release --project benchmarks/Presence.Engine.Benchmarks -- --history "$folder" "${2:-2000}" "${3:-5000000}"
