#!/usr/bin/env bash
# Builds the server and measures what open dashboards cost it; see run.mjs. Needs Node 20 and Linux.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
npm ci --prefix benchmarks/circuits --no-audit --no-fund --loglevel error
dotnet build Dashboard -c Release --nologo -v quiet -clp:NoSummary
exec node benchmarks/circuits/run.mjs
