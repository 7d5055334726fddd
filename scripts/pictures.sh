#!/usr/bin/env bash
# Makes the pictures of docs/dashboard.md and docs/operations.md anew: a host with the demo's orders, and its pages in a headless Chromium.
# Needs the packages chromium, curl, jq and pngquant, and a built host: dotnet build services/Resonance.Host -c Release

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Each clone of the repository carries every picture that there ever was.
most=$((60 * 1024))
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

ask() { curl -sSf -H 'content-type: application/json' "$@"; }

# An order whose payment a person must decide, and a minute of other orders, so that the pages have something to show.
order=3f2504e0-4f89-41d3-9a0c-0305e82c3307
ask -o /dev/null "$address/api/workflows/order" -d "{\"orderId\":\"$order\",\"orderNumber\":\"ORDER-7007\",\"customerId\":\"customer-7\",
    \"currency\":\"EUR\",\"cardToken\":\"tok_review\",\"lines\":[{\"sku\":\"SKU-1001\",\"quantity\":2,\"unitPrice\":120}]}"
sleep "${SECONDS_OF_ORDERS:-60}"
payment=$(ask -G "$address/api/workflows" -d type=payment --data-urlencode "data=\$.reference eq 'ORDER-7007'" | jq -r '.items[0].id')

picture() {
    local file=docs/pictures/$1.png
    chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$home/chromium" --hide-scrollbars \
        --window-size="1200,$3" --timeout="${MILLISECONDS_TO_PAINT:-4000}" --screenshot="$home/$1.png" "$address$2" >/dev/null 2>&1
    pngquant --force --speed 1 --nofs --strip 24 --output "$file" "$home/$1.png"
    (($(stat -c %s "$file") <= most)) || { echo "$file is larger than $most bytes" >&2; exit 1; }
}
picture overview / 1150
picture workflows '/workflows?type=order' 800
picture stuck "/workflows/$order" 620
picture incidents /incidents 420
picture workflow "/workflows/$payment" 1200
picture machine /machines/order 1100
picture rule /rules/payment/fraud_score 900

ask -o /dev/null "$address/api/workflows/$payment/actions/resume" -d '{"reason":"the customer called, the order is theirs","operator":"maria"}'
until ask "$address/api/workflows/$order" | jq -e '.state == "COMPLETED"' >/dev/null; do sleep 1; done

# By then the audit has signed a checkpoint over what was done.
until ask "$address/api/audit/proof/$payment/3" >/dev/null 2>&1; do sleep 1; done
picture fixed "/workflows/$payment" 620
picture audit /audit 900
