"""Are the lines of the log whole? usage: syslog_lines.py FILE LAST

FILE holds lines of the log, or objects of `journalctl -o json`. Good when every number from 1 to LAST
is there, of one store, and a number that comes more than once says the same each time. Prints how
many lines there are and how many of them are repeats; exits 1 with what is wrong.
"""
import json
import re
import sys

path, last = sys.argv[1], int(sys.argv[2])
seen, stores, repeats, bad = {}, set(), 0, []
for raw in open(path, encoding="utf-8", errors="surrogateescape"):
    text = raw.rstrip("\n")
    if text.startswith("{"):
        entry = json.loads(text)
        text = entry["MESSAGE"]
        if "LEAKAUDIT_SEQ" in entry and f" seq={entry['LEAKAUDIT_SEQ']} " not in text:
            bad.append("field and line differ: " + text[:200])
    if "v=1 event=" not in text:
        continue
    text = text[text.index("v=1 event="):]
    m = re.match(r"v=1 event=\S+ store=([0-9a-f]{8}) seq=(\d+) ts=\S+Z ", text)
    if not m:
        bad.append("not a line: " + text[:200])
        continue
    if len(text.encode("utf-8", "surrogateescape")) > 2048:
        bad.append("too long: " + text[:200])
    stores.add(m[1])
    seq, same = int(m[2]), text.replace(" resent=1", "")
    if seq in seen:
        repeats += 1
        if seen[seq] != hash(same):
            bad.append("another line of the same number: " + text[:200])
    seen[seq] = hash(same)
holes = [n for n in range(1, last + 1) if n not in seen]
if holes:
    bad.append(f"{len(holes)} holes, the first at {holes[0]}, the last at {holes[-1]}")
if len(stores) != 1:
    bad.append(f"stores: {stores}")
if seen and max(seen) > last:
    bad.append(f"a line beyond the last: {max(seen)}")
print(f"{len(seen)} lines, {repeats} repeats")
for b in bad[:10]:
    print(b)
sys.exit(1 if bad else 0)
