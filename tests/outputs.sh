#!/usr/bin/env bash
# What a change of structure must leave as it is: `tests/outputs.sh REPO OUT` runs a few studies and analyses with the code of a
# clone and writes the hashes of all that they leave to OUT.sha. Run it before and after, and compare the two:
#   tests/outputs.sh ../before /tmp/before; tests/outputs.sh . /tmp/after; diff /tmp/before.sha /tmp/after.sha
set -euo pipefail
repo=$(realpath "$1") out=$(realpath -m "$2")
rm -rf "$out" && mkdir -p "$out" && cd "$out"
cp -r "$repo/agents" "$repo/scenarios" .
export PYTHONPATH=$repo/simulation COLUMNS=160
cordiale() { "$repo/.venv/bin/python" -m cordiale "$@"; }
cordiale run baseline france_joins_quad dual_use_revealed --worlds 60 --out s1 > s1.txt
cordiale compare baseline france_joins_quad --context us_retrenchment --worlds 40 --out c1 > c1.txt
cordiale sweep baseline --over france_in_quad=0,1 --over quad_hardness=0:1:3 --worlds 20 --out w1 > w1.txt
cordiale terms baseline --worlds 20 --out t1 > t1.txt
cordiale sensitivity baseline --measure alignment:FRA-JPN --method morris --samples 4 --luck 1 --over 'FRA.*' --out m1 > m1.txt
cordiale discover baseline --where 'alignment:FRA-JPN < 0.5' --over 'FRA.*' --worlds 200 --out d1 > d1.txt
cordiale claims --only two_plus_two_carries_strategy --worlds 40 --codings 4 --placebos 3 --out k1 > k1.txt
cordiale replay s1 --world 7 > r1.txt
cordiale export s1 --format csv > e1.txt
cordiale report s1 --out report.html > report.txt
cordiale handout baseline france_joins_quad --worlds 8 --lever france_in_quad --out handout.html > handout.txt
cordiale odd indo_pacific_2018 diplomacy > odd.txt
cordiale explain france_joins_quad --set brexit=1 > x1.txt
find . -type f \( -name '*.parquet' -o -name '*.csv' -o -name '*.txt' -o -name '*.md' -o -name '*.html' -o -name '*.png' \
  -o -name '*.svg' \) ! -name files.txt ! -path './agents/*' ! -path './scenarios/*' -print0 | sort -z | xargs -0 sha256sum > "$out.sha"
wc -l < "$out.sha"
