#!/usr/bin/env bash
# Retakes every picture of this folder: each page in both themes, on a wide screen and on a phone, as the browser tests open them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

pages=(sign-in setup overview rooms online wall room viewer settings connect people account system demo)
taken="$(mktemp -d)"
trap 'rm -rf "$taken"' EXIT

SCREENSHOTS="$taken" dotnet test Dashboard.Tests -c Release --nologo --filter "FullyQualifiedName~AppearanceTests"
rm -f docs/images/*.png
for page in "${pages[@]}"; do cp "$taken/$page"-{wide,narrow}-{light,dark}.png docs/images/; done
