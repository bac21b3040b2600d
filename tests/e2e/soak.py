"""leakauditd under random weather. usage: soak.py BUILD DIR SECONDS KILLS

For SECONDS, and until it has been killed KILLS times: files of a share are written, renamed and removed,
workers killed, the daemon stopped, killed and started anew; and the logger is gone, stopped with a full
socket, or killed with lines unread, nine times at least. In the end the store must say exactly what a scan
without a store says, which must be what was written. The log must have told of each finding once, and no
line of it may have changed. A logger that is killed loses what it had not read: only then may a number
be missing, and `leakaudit resend` must bring exactly those.
"""
import atexit, json, os, random, select, signal, socket, subprocess, sys, threading, time

build, top, seconds, kills = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
seed = int(os.environ.get("LEAKAUDIT_SEED", "0")) or int(time.time())
random.seed(seed)
print("seed", seed, flush=True)
leakaudit, daemon, store_lines = build + "/leakaudit", build + "/leakauditd", build + "/tests/tools/store-lines"
share, state, ctl, conf, devlog = (top + "/" + n for n in ("share", "state", "ctl", "c.yaml", "devlog"))
FILES = 1500
os.makedirs(share)
numbers = {}  # path: how many distinct numbers are in it
count = {"daemon killed": 0, "daemon stopped": 0, "workers killed": 0, "rescans": 0, "changes": 0}


def run(*args, **kw):
    return subprocess.run([str(a) for a in args], capture_output=True, text=True, **kw)


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return f.read().split()
    except FileNotFoundError:
        return []


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


# --- the logger: a socket of its own in /dev/log's place ------------------------------------------------
received, lost = {}, 0  # (store, seq): the texts; how many messages were in the socket of a logger that was killed


class Logger:
    KINDS = ("gone", "stopped", "killed")

    def __init__(self):
        self.outages, self.back, self.kind, self.thread = dict.fromkeys(self.KINDS, 0), None, None, None

    def up(self):
        if self.kind != "stopped":
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.sock.bind(devlog)
            self.sock.settimeout(0.1)
        self.back, self.kind, self.on = None, None, True
        self.thread = threading.Thread(target=self.take, daemon=True)
        self.thread.start()

    def take(self):
        while self.on:
            self.one()

    def one(self, keep=True):
        """Reads one message of the socket, if there is one; or only counts it."""
        global lost
        try:
            text = self.sock.recv(65536).decode()
        except (TimeoutError, BlockingIOError):
            return False
        lost += not keep
        if not keep:
            return True
        words = dict(w.split("=", 1) for w in text.split() if "=" in w)
        if "seq" in words and "store" in words:
            received.setdefault((words["store"], int(words["seq"])), []).append(text[text.index("v=1"):])
        return True

    def down(self, kind, seconds=0.0):
        """For so many seconds, as seen by whoever calls come_back()."""
        self.on, self.kind, self.back = False, kind, time.monotonic() + seconds
        self.outages[kind] += 1
        self.thread.join()
        if kind == "stopped":
            return
        if kind == "killed":
            select.select([self.sock], [], [], 1)  # better with something unread
        os.unlink(devlog)
        self.sock.shutdown(socket.SHUT_RD)  # nobody can send any more: what is in it can be read or counted
        self.sock.setblocking(False)
        while self.one(kind == "gone"):
            pass
        self.sock.close()

    def come_back(self):
        if self.back and time.monotonic() >= self.back:
            self.up()


def configure(more=""):
    with open(conf, "w") as f:
        f.write("shares: [{path: %s, name: soak, schedule: {hours: always}}]\n"
                "throttle: {bytes: off, io-pressure: off, cpu-pressure: off}\n%s" % (share, more))


configure("syslog: {to: %s, rate: 5000}\n" % devlog)
logger = Logger()
logger.up()

# --- the daemon -----------------------------------------------------------------------------------------
proc = None
atexit.register(lambda: proc and proc.kill())


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
began, fixed, looked, rss = time.monotonic(), [], 0, 0
due = sorted(((i + 1) * seconds / 11, kind) for i, kind in enumerate(Logger.KINDS * 3))
while time.monotonic() - began < seconds or count["daemon killed"] < kills or due:
    logger.come_back()
    if not logger.back and (due and time.monotonic() - began > due[0][0] or random.random() < 0.01):
        kind = due.pop(0)[1] if due and time.monotonic() - began > due[0][0] else random.choice(Logger.KINDS)
        logger.down(kind, random.choice([0.3, 2, 7, min(60, seconds / 20)]))
    for _ in range(random.choice([0, 3, 40, 200])):
        change()
    if control("rescan", "soak", *(["--confirm"] if random.random() < 0.5 else [])):
        count["rescans"] += 1
    time.sleep(random.random() * random.choice([0.02, 0.2, 0.6]))
    what = random.random()
    if what < 0.25:
        workers = children(proc.pid)
        for pid in random.sample(workers, min(1, len(workers))):
            try:
                os.kill(int(pid), signal.SIGKILL)
                count["workers killed"] += 1
            except ProcessLookupError:
                pass
    elif what < (0.85 if count["daemon killed"] < kills else 0.4):
        down(signal.SIGKILL if random.random() < 0.8 else signal.SIGTERM)
        if time.monotonic() - looked > seconds / 60:
            now, looked = outbox(), time.monotonic()
            assert now[:len(fixed)] == fixed, "lines of the outbox changed"
            fixed = now
        up()
        ready()
    else:
        with open("/proc/%d/status" % proc.pid) as f:
            rss = max([rss] + [int(l.split()[1]) for l in f if l.startswith("VmRSS")])

# --- what came of it ------------------------------------------------------------------------------------
if logger.back:
    logger.back = 0.001
logger.come_back()
scanned("--confirm")
scanned("--confirm")


def wait_for(what, is_so):
    end = time.monotonic() + 300
    while not is_so():
        assert time.monotonic() < end, "%s: %s" % (what, json.dumps(status()))
        time.sleep(0.1)


def missing():
    """The numbers that a reader sees to be left out."""
    seqs = {q for _, q in list(received)}
    return [q for q in range(1, max(seqs) + 1) if q not in seqs]


wait_for("lines are not sent", lambda: status()["sent"] == status()["seq"] and status()["seq"] in {q for _, q in list(received)})
holes, asked = missing(), 0
assert len(holes) <= lost, "%d holes, but no more than %d lines were in sockets of killed loggers" % (len(holes), lost)
for q in holes:
    if ("", q) not in received:  # a reader asks for each hole from its first to its last
        last = q
        while last + 1 in holes:
            last += 1
        for i in range(q, last + 1):
            received[("", i)] = []
        p = run(leakaudit, "resend", "--socket", ctl, "--from", q, "--to", last)
        assert p.returncode == 0, p.stderr
        asked += 1
for q in holes:
    del received[("", q)]
down(signal.SIGKILL)  # what was asked for is done all the same
up()
ready()
wait_for("holes stay", lambda: not missing())
logger.down("gone")
again = [received[k] for k in received if k[1] in set(holes)]
assert all(any(" resent=1" in t for t in texts) for texts in again), "a hole came by itself"
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
assert len({store for store, _ in received}) == 1, "lines of another store"
assert sorted(q for _, q in received) == [l["seq"] for l in lines], "%d lines received, %d written" % (len(received), len(lines))
twice = 0
for texts in received.values():
    plain = {t.replace(" resent=1", "") for t in texts}
    assert len(plain) == 1, "a line says two things: %s" % plain
    twice += len(texts) - 1
print("received %d lines, %d of them again; %d lines were in sockets of killed loggers, of which %d holes (%d ranges) "
      "came by resend" % (len(received), twice, lost, len(holes), asked))
print("%d s; %s; logger %s; %d findings, %d lines, at most %d KiB" % (
    time.monotonic() - began, ", ".join("%s %d" % x for x in count.items()),
    ", ".join("%s %d" % x for x in logger.outages.items()), len(fresh), len(lines), rss))
