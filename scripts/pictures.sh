#!/usr/bin/env bash
# Makes the pictures of docs/dashboard.md anew: a host with the demo's orders, and its pages in a headless Chromium.
# Needs the packages chromium and curl, and a built host: dotnet build services/Resonance.Host -c Release

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

address=http://127.0.0.1:${PORT:-5099}
home=$(mktemp -d)
mkdir -p docs/pictures
Resonance__Trail=false Resonance__DataDirectory=$home/data ASPNETCORE_URLS=$address Demo__OrdersPerSecond=5 Demo__TimeOut=0.3 \
    dotnet services/Resonance.Host/bin/Release/net10.0/Resonance.Host.dll --demo >"$home/host.log" 2>&1 &
host=$!
trap 'kill "$host" 2>/dev/null; wait "$host" 2>/dev/null; rm -rf "$home"' EXIT
until curl -sf "$address/health/ready" >/dev/null; do
    kill -0 "$host" || { cat "$home/host.log" >&2; exit 1; }
    sleep 0.3
done

# A payment that a person must decide, and a minute of orders, so that the pages have something to show.
stuck=3f2504e0-4f89-41d3-9a0c-0305e82c3301
curl -sf -o /dev/null -X POST "$address/api/workflows/payment" -H 'content-type: application/json' \
    -d "{\"paymentId\":\"$stuck\",\"reference\":\"ORDER-7\",\"amount\":240,\"currency\":\"EUR\",\"cardToken\":\"tok_review\"}"
sleep "${SECONDS_OF_ORDERS:-60}"

picture() {
    chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$home/chromium" --hide-scrollbars \
        --window-size="1200,$3" --timeout=4000 --screenshot="docs/pictures/$1.png" "$address$2" >/dev/null 2>&1
}
picture overview / 1150
picture workflows '/workflows?type=order' 800
picture workflow "/workflows/$stuck" 1500
picture machine /machines/order 1100
picture rule /rules/payment/fraud_score 900
picture audit /audit 900
