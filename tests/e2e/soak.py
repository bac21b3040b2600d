"""leakauditd under random weather. usage: soak.py BUILD DIR SECONDS KILLS

For SECONDS, and until it has been killed KILLS times: files of a share are written, renamed and removed,
workers killed, the daemon stopped, killed and started anew, the logger away for a while. In the end the
store must say exactly what a scan without a store says, which must be what was written; and the log must
have told of each finding once, with no line missing and none that changed.
"""
import json, os, random, signal, socket, subprocess, sys, threading, time

build, top, seconds, kills = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
seed = int(os.environ.get("LEAKAUDIT_SEED", "0")) or int(time.time())
random.seed(seed)
print("seed", seed, flush=True)
leakaudit, daemon, store_lines = build + "/leakaudit", build + "/leakauditd", build + "/tests/tools/store-lines"
share, state, ctl, conf, devlog = (top + "/" + n for n in ("share", "state", "ctl", "c.yaml", "devlog"))
FILES = 1500
os.makedirs(share)
numbers = {}  # path: how many distinct numbers are in it
count = {"daemon killed": 0, "daemon stopped": 0, "workers killed": 0, "outages": 0, "rescans": 0, "changes": 0}


def run(*args, **kw):
    return subprocess.run([str(a) for a in args], capture_output=True, text=True, **kw)


# --- the share ------------------------------------------------------------------------------------
def ssn(i):
    return "%03d-%02d-%04d" % (100 + i % 500, 10 + i % 80, 1000 + i * 7 % 9000)


def change():
    count["changes"] += 1
    i = random.randrange(FILES)
    path = "%s/%02d/f%04d.txt" % (share, i % 25, i)
    kind = random.random()
    if kind < 0.15 and numbers:
        path = random.choice(list(numbers))
        os.unlink(path)
        del numbers[path]
    elif kind < 0.3 and numbers:
        old = random.choice(list(numbers))
        if old != path:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.rename(old, path)
            numbers[path] = numbers.pop(old)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        n = random.choice([0, 1, 1, 2, 12])
        with open(path, "w") as f:
            f.write("notes\n" + "".join("SSN: %s\n" % ssn(random.randrange(4000) * 20 + k) for k in range(n)))
        numbers[path] = n


# --- the logger: a socket of its own, where this version can be told of it ---------------------------
received, received_lock = {}, threading.Lock()


class Logger:
    def __init__(self):
        self.sock = None

    def up(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(devlog)
        self.sock.settimeout(0.2)
        self.on = True
        self.thread = threading.Thread(target=self.take, daemon=True)
        self.thread.start()

    def take(self):
        while self.on:
            try:
                text = self.sock.recv(65536).decode()
            except socket.timeout:
                continue
            words = dict(w.split("=", 1) for w in text.split() if "=" in w)
            if "seq" not in words or "store" not in words:
                continue
            with received_lock:
                received.setdefault((words["store"], int(words["seq"])), []).append(text[text.index("v=1"):])

    def down(self):
        os.unlink(devlog)
        self.on = False
        self.thread.join()
        self.sock.close()


def configure(more=""):
    with open(conf, "w") as f:
        f.write("shares: [{path: %s, name: soak, schedule: {hours: always}}]\n"
                "throttle: {bytes: off, io-pressure: off, cpu-pressure: off}\n%s" % (share, more))


configure("syslog: {to: %s, rate: 5000}\n" % devlog)
logger = Logger() if run(leakaudit, "config", "check", conf).returncode == 0 else None
if not logger:
    configure()
    print("no sender in this version: the outbox itself is looked at")
else:
    logger.up()

# --- the daemon -----------------------------------------------------------------------------------------
proc = None


def up():
    global proc
    proc = subprocess.Popen([daemon, "-c", conf, "--state", state, "-s", ctl, "-k", top + "/key"],
                            stderr=open(top + "/log", "a"))


def down(sig):
    proc.send_signal(sig)
    status = proc.wait(20)
    assert sig == signal.SIGKILL or status == 0, "stopped with %d" % status
    count["daemon killed" if sig == signal.SIGKILL else "daemon stopped"] += 1


def status():
    p = run(leakaudit, "status", "--json", "--socket", ctl)
    return json.loads(p.stdout) if p.stdout else None


def control(*words):
    return run(leakaudit, "control", "--socket", ctl, *words).returncode == 0


def ready():
    end = time.monotonic() + 20
    while not status():
        assert proc.poll() is None, "the daemon ended: " + open(top + "/log").read()[-500:]
        assert time.monotonic() < end, "the daemon does not answer"
        time.sleep(0.02)


def scanned(*words, limit=120):
    """A whole pass that began after now."""
    time.sleep(1.1)  # times are whole seconds
    asked, end = time.time(), time.monotonic() + limit
    assert control("rescan", "soak", *words)
    while True:
        s = status()
        if s and s["scan"] is None and s["shares"][0]["complete"]:
            done = s["shares"][0]["complete"]
            if (done if isinstance(done, (int, float)) else 1e18) >= int(asked):
                time.sleep(0.3)
                s = status()
                if s and s["scan"] is None and not os.path.exists(state + "/rescan"):
                    return
        assert time.monotonic() < end, "the share is not done: " + json.dumps(s)
        time.sleep(0.1)


def outbox():
    p = run(store_lines, state)
    assert p.returncode == 0, p.stderr
    lines = [json.loads(l) for l in p.stdout.splitlines()]
    assert [l["seq"] for l in lines] == list(range(1, len(lines) + 1)), "the outbox has holes"
    return lines


up()
ready()
scanned()  # the first pass of an empty share: after it every finding has a line of its own
began, fixed, rss = time.monotonic(), [], 0
while time.monotonic() - began < seconds or count["daemon killed"] < kills:
    for _ in range(random.choice([0, 3, 40, 200])):
        change()
    if control("rescan", "soak", *(["--confirm"] if random.random() < 0.5 else [])):
        count["rescans"] += 1
    time.sleep(random.random() * random.choice([0.02, 0.2, 0.6]))
    what = random.random()
    if what < 0.25:
        p = run("pgrep", "-P", proc.pid)
        for pid in random.sample(p.stdout.split(), min(1, len(p.stdout.split()))):
            try:
                os.kill(int(pid), signal.SIGKILL)
                count["workers killed"] += 1
            except ProcessLookupError:
                pass
    elif what < (0.85 if count["daemon killed"] < kills else 0.4):
        down(signal.SIGKILL if random.random() < 0.8 else signal.SIGTERM)
        if random.random() < 0.3:
            now = outbox()
            assert now[:len(fixed)] == fixed, "lines of the outbox changed"
            fixed = now
        up()
        ready()
    elif logger and what > 0.95:
        logger.down()
        count["outages"] += 1
        time.sleep(random.random() * 2)
        logger.up()
    else:
        with open("/proc/%d/status" % proc.pid) as f:
            rss = max([rss] + [int(l.split()[1]) for l in f if l.startswith("VmRSS")])

# --- what came of it ------------------------------------------------------------------------------------
scanned("--confirm")
scanned("--confirm")
if logger:
    end = time.monotonic() + 60
    while time.monotonic() < end and status().get("sent") != status().get("seq"):
        time.sleep(0.2)
down(signal.SIGTERM)


def ids(text):
    return sorted((o["id"], o["path"], o["count"]) for o in map(json.loads, text.splitlines()) if o["type"] == "finding")


stored = ids(run(leakaudit, "findings", "--state", state, "-f", "jsonl", "--min-confidence", "medium").stdout)
fresh = ids(run(leakaudit, "scan", "-f", "jsonl", share).stdout)
assert stored == fresh, "the store has %d findings, a scan without it %d" % (len(stored), len(fresh))
written = sorted(p for p, n in numbers.items() if n)
assert [p for _, p, _ in sorted(fresh, key=lambda x: x[1])] == written, "found %d, written %d" % (len(fresh), len(written))
lines = outbox()
assert lines[:len(fixed)] == fixed, "lines of the outbox changed"
is_open = {}
for l in lines:
    if l["event"] == "finding" and l["act"] == "new":
        assert not is_open.get(l["id"]), "%s is new twice: line %d" % (l["path"], l["seq"])
    if l["event"] in ("finding", "resolved") and l["id"]:
        is_open[l["id"]] = l["event"] == "finding"
told = {i for i, o in is_open.items() if o}
assert told == {i for i, _, _ in fresh}, "the log has %d open findings, the store %d" % (len(told), len(fresh))
if logger:
    logger.down()
    seqs = sorted(q for _, q in received)
    assert seqs == [l["seq"] for l in lines], "%d lines received, %d written" % (len(seqs), len(lines))
    twice = 0
    for texts in received.values():
        plain = {t.replace(" resent=1", "") for t in texts}
        assert len(plain) == 1, "a line says two things: %s" % plain
        twice += len(texts) - 1
    print("received %d lines, %d of them again" % (len(seqs), twice))
print("%d s; %s; %d findings, %d lines, at most %d KiB" % (
    time.monotonic() - began, ", ".join("%s %d" % x for x in count.items()), len(fresh), len(lines), rss))
