"""Scans with a state that are killed at any moment. usage: state_kill.py PROGRAM STORE-LINES DIR ROUNDS

Each round changes some files of a share, starts a scan and kills it with SIGKILL after a random while.
Whatever the log could have been given by then must never change; and in the end the store must say
exactly what a scan without one says, and the log have told of each of it.
"""
import json, os, random, subprocess, sys, time

program, lines_tool, top, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
seed = int(os.environ.get("LEAKAUDIT_SEED", "0")) or int(time.time())
random.seed(seed)
print("seed", seed)
share, state = top + "/share", top + "/state"
FILES = 2500
os.makedirs(share)


def ssn(i):
    return "%03d-%02d-%04d" % (100 + i % 500, 10 + i % 80, 1000 + i * 7 % 9000)


def write(i):
    """One file: nothing, some numbers, or a key; some are removed."""
    path = "%s/%02d/f%04d.txt" % (share, i % 40, i)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    kind = random.randrange(8)
    if kind == 0:
        if os.path.exists(path):
            os.unlink(path)
        return
    with open(path, "w") as f:
        if kind > 2:
            for k in range(kind):
                f.write("SSN: %s\n" % ssn(i * 13 + k))
        else:
            f.write("nothing here\n")


def scan(*args):
    return [program, "scan", "--state", state, "-q", "-f", "jsonl", "-o", top + "/out", *args, share]


def lines():
    out = subprocess.run([lines_tool, state], capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    return [json.loads(l) for l in out.stdout.splitlines()]


subprocess.run([lines_tool, state, "on"], check=True)
assert subprocess.run(scan()).returncode == 0  # the share's first scan: after it every line is one by one
for i in range(FILES):
    write(i)
seen, took, killed, whole = {}, 1.0, 0, 0
for n in range(rounds):
    for i in random.sample(range(FILES), random.choice([0, 20, 400])):
        write(i)
    began = time.monotonic()
    p = subprocess.Popen(scan(), stderr=subprocess.PIPE)
    wait = random.uniform(0, took * 1.1)
    try:
        p.communicate(timeout=wait)
        whole += 1
        took = min(max(time.monotonic() - began, 0.1), 2)
    except subprocess.TimeoutExpired:
        p.kill()
        p.communicate()
        killed += 1
        took = max(took, wait)
    now = {l["seq"]: l for l in lines()}
    assert sorted(now) == list(range(1, len(now) + 1)), "holes after round %d" % n
    for seq, l in seen.items():
        assert now.get(seq) == l, "round %d: line %d was %s and is %s" % (n, seq, l, now.get(seq))
    seen = now
print("rounds %d, killed %d, ran to the end %d, lines %d" % (rounds, killed, whole, len(seen)))
assert killed > rounds // 4, "hardly one was killed"


def ids(text):
    return sorted((o["id"], o.get("count")) for o in map(json.loads, text.splitlines()) if o["type"] == "finding")


# so many changed files without one whole scan may look like a lost share
subprocess.run([lines_tool, state, "confirm"], check=True, stdout=subprocess.DEVNULL)
subprocess.run(scan(), stderr=subprocess.DEVNULL)
subprocess.run(scan(), stderr=subprocess.DEVNULL)
con = subprocess.run([program, "findings", "--state", state, "-f", "jsonl", "--min-confidence", "medium"],
                     capture_output=True, text=True)
stored = ids(con.stdout)
with open(top + "/out") as f:
    told = ids(f.read())
fresh = ids(subprocess.run([program, "scan", "-f", "jsonl", share], capture_output=True, text=True).stdout)
assert told == fresh, "a scan with the state tells %d findings, one without %d" % (len(told), len(fresh))
held = [json.loads(l) for l in con.stdout.splitlines() if json.loads(l).get("held")]
assert not held, "%d findings are held" % len(held)
assert stored == fresh, "the store has %d findings, a scan without it %d" % (len(stored), len(fresh))
last = {}
for l in lines():
    if l["id"]:
        last[l["id"]] = l["event"]
open_ids = {i for i, _ in fresh}
missing = [i for i in open_ids if last.get(i) != "finding"]
assert not missing, "%d findings have no line" % len(missing)
wrong = [i for i, e in last.items() if e == "finding" and i not in open_ids]
assert not wrong, "%d lines tell of findings that are not there, and nothing of their end" % len(wrong)
print("findings %d, lines %d" % (len(fresh), len(lines())))
