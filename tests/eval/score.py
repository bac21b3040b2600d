#!/usr/bin/env python3
"""score.py BUILD FOLDER [--rules DIR] [--scan-case PROGRAM] [--against FILE] [--write FILE]
             [--show RULE] [--quick]

Scores the program on a set of make-eval's, in layers that fail one by one:
  extracted  the planted value stands in the text that the extractor gives (extract-dump)
  matched    the rule has a finding in the file, of any confidence (scan-case)
  graded     at medium or above, and of numbers: exactly as many, and as many different ones
  shown      `leakaudit scan -f jsonl` reports the same
Labels come from FOLDER.labels, which says what was planted. --against compares with a table
written by --write and exits 1 when a rule lost more than a point. --quick leaves out the first
and the last layer.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys

NUMERIC = {"us-ssn", "us-itin", "ca-sin", "uk-nino", "passport-mrz", "passport-number",
           "drivers-license", "payment-card", "iban"}
LOSS = 1.0  # points of a hundred that a rule may lose
BATCH = 200
FIGURES = ("precision", "recall", "f1", "exact", "extracted", "shown")


def read_labels(folder):
    with open(folder + ".labels", encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def batches(folder, docs):
    """Files in lots whose names differ: the tools say the last part of a path only."""
    lots = []
    for d in docs:
        name = os.path.basename(d["path"])
        for lot in lots:
            if name not in lot and len(lot) < BATCH:
                lot[name] = d
                break
        else:
            lots.append({name: d})
        if len(lots) > 40:
            yield lots.pop(0)
    yield from lots


def run(argv):
    r = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if r.returncode not in (0, 1, 3):
        sys.exit("%s: exit %d: %s" % (argv[0], r.returncode, r.stderr.decode()[-300:]))
    return r.stdout.decode("utf-8", "replace")


def extracted(build, folder, docs):
    """path -> text of the file and all in it"""
    text = {}
    for lot in batches(folder, docs):
        out = run([build + "/tests/tools/extract-dump"] +
                  [os.path.join(folder, d["path"]) for d in lot.values()])
        at = None
        for line in out.split("\n"):
            m = re.match(r"item 0 (.*) \S+$", line)
            if m and m.group(1) in lot:
                at = lot[m.group(1)]["path"]
                text[at] = []
            elif at is not None:
                text[at].append(line)
    return {p: "\n".join(v) for p, v in text.items()}


def matched(tool, rules, folder, docs):
    """path -> rule -> (confidence, count, unique, published samples only)"""
    found = collections.defaultdict(dict)
    for lot in batches(folder, docs):
        out = run([tool, rules] + [os.path.join(folder, d["path"]) for d in lot.values()])
        for line in out.split("\n"):
            m = re.match(r"(.*): finding (\S+) (\S+) count=(\d+) unique=(\d+)( lowered)?", line)
            if m and m.group(1) in lot:
                keep(found[lot[m.group(1)]["path"]], m.group(2), m.group(3), int(m.group(4)),
                     int(m.group(5)), bool(m.group(6)))
    return found


def keep(rules, rule, confidence, count, unique, sample=False):
    order = ("low", "medium", "high")
    old = rules.get(rule)
    if old:
        confidence = max(confidence, old[0], key=order.index)
        count, unique = count + old[1], max(unique, old[2])
    rules[rule] = (confidence, count, unique, sample)


def shown(build, rules, folder):
    found = collections.defaultdict(dict)
    out = run([build + "/leakaudit", "scan", "-q", "-f", "jsonl", "--rules", rules, folder])
    for line in out.split("\n"):
        f = json.loads(line) if line else {}
        if f.get("type") == "finding":
            keep(found[os.path.relpath(f["path"], folder)], f["rule"], f["confidence"],
                 f["count"], f["unique"])
    return found


def percent(part, whole):
    return 100.0 if whole == 0 else 100.0 * part / whole


class Score:
    def __init__(self):
        self.n = collections.Counter()
        self.misses = collections.defaultdict(list)

    def count(self, what, doc=None, detail=""):
        self.n[what] += 1
        if doc:
            self.misses[what].append("%s [%s] %s" % (doc["path"], doc["scenario"], detail))

    def figures(self):
        n = self.n
        precision = percent(n["right"], n["right"] + n["wrong"])
        recall = percent(n["right"], n["planted"])
        return {"documents": n["planted"], "values": n["values"], "precision": precision,
                "recall": recall,
                "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0,
                "exact": percent(n["exact"], n["counted"]),
                "extracted": percent(n["extracted"], n["values"]),
                "matched": percent(n["matched"], n["planted"]),
                "shown": percent(n["shown"], n["planted"]), "false": n["ordinary"]}


def squeeze(s):
    return re.sub(r"[\s.\-]+|\\[nt]", "", s)


def exact(doc, plant, found):
    """Of mail, whose text stands in it twice (plain and HTML), each copy may count or not."""
    copies = 2 if doc["format"] in ("eml", "msg") else 1
    return found[2] == plant["unique"] and \
        plant["count"] <= found[1] <= copies * plant["count"]


def score_plant(s, doc, plant, text, found, seen):
    rule = plant["rule"]
    s.count("planted")
    if text is not None:
        whole = squeeze(text.get(doc["path"], ""))
        for v in plant["values"]:
            s.count("values")
            if squeeze(v) in whole:
                s.count("extracted")
            else:
                s.count("not extracted", doc)
    f = found[doc["path"]].get(rule)
    if f:
        s.count("matched")
    else:
        s.count("not matched", doc)
    good = f and f[0] != "low"
    if good:
        s.count("right")
    elif f:
        s.count("graded low", doc)
    if rule in NUMERIC:
        s.count("counted")
        if good and exact(doc, plant, f):
            s.count("exact")
        elif good:
            s.count("not exact", doc, "%d/%d, planted %d/%d" %
                    (f[1], f[2], plant["count"], plant["unique"]))
    if seen is not None:
        g = seen[doc["path"]].get(rule)
        if g and g[0] != "low":
            s.count("shown")
        elif good:
            s.count("not shown", doc)


def score_all(docs, text, found, seen):
    scores = collections.defaultdict(Score)
    ordinary = 0
    for doc in docs:
        planted = {p["rule"] for p in doc["plants"]}
        ordinary += not planted and not doc["also"]
        for p in doc["plants"]:
            score_plant(scores[p["rule"]], doc, p, text, found, seen)
        for rule, f in found[doc["path"]].items():
            # published samples are shown, and graded as such
            if f[0] == "low" or f[3] or rule in planted or rule in doc["also"]:
                continue
            scores[rule].count("wrong", doc, f[0])
            if not planted:
                scores[rule].count("ordinary")
    return scores, ordinary


def missed_services(docs, found):
    """Names of the services of which a planted token was not found everywhere; how many there are."""
    missed, all_ = set(), set()
    for doc in docs:
        if "service" in doc and doc["plants"]:
            all_.add(doc["service"])
            if found[doc["path"]].get("token", ("low",))[0] == "low":
                missed.add(doc["service"])
    return missed, len(all_)


def services_row(docs, found):
    missed, n = missed_services(docs, found)
    return "Services whose tokens were not found in every document (of %d): %s." % \
        (n, ", ".join(sorted(missed)) or "none")


def table(scores, docs, ordinary, quick):
    head = ["rule", "documents", "values", "precision", "recall", "F1", "exact", "extracted",
            "matched", "shown", "false per 1,000"]
    rows = ["| " + " | ".join(head) + " |", "|---" + "|--:" * (len(head) - 1) + "|"]
    for rule in sorted(scores):
        f = scores[rule].figures()
        cells = [rule, "%d" % f["documents"], "%d" % f["values"]]
        for k in ("precision", "recall", "f1", "exact", "extracted", "matched", "shown"):
            empty = (k == "exact" and rule not in NUMERIC) or \
                (k == "extracted" and f["values"] == 0) or \
                (quick and k in ("extracted", "shown")) or \
                (k != "precision" and f["documents"] == 0)
            cells.append("-" if empty else "%.1f" % f[k])
        cells.append("%.2f" % (1000.0 * f["false"] / ordinary if ordinary else 0))
        rows.append("| " + " | ".join(cells) + " |")
    total = sum(s.n["ordinary"] for s in scores.values())
    rows.append("")
    rows.append("%d documents, %d of them ordinary; %d findings in ordinary ones (%.2f per 1,000)."
                % (len(docs), ordinary, total, 1000.0 * total / ordinary if ordinary else 0))
    return rows


def read_table(path):
    rows, head = {}, None
    with open(path, encoding="utf-8") as f:
        for line in f:
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if cells[0] == "rule":
                head = [c.lower() for c in cells]
            elif head and len(cells) == len(head) and not cells[0].startswith("-"):
                rows[cells[0]] = dict(zip(head, cells))
            elif not line.startswith("|"):
                if rows:
                    break
                head = None
    return rows


def lost_services(docs, found, path):
    """One service is less than a point of the rule's recall."""
    with open(path, encoding="utf-8") as f:
        old = re.search(r"^Services whose .*: (.*)\.$", f.read(), re.M)
    known = set(old.group(1).split(", ")) if old else set()
    return ["token: %s is not found any more" % s
            for s in sorted(missed_services(docs, found)[0] - known)]


def compare(scores, ordinary, path, quick):
    lost = []
    old = read_table(path)
    if not old:
        sys.exit("%s: no table in it" % path)
    for rule, row in sorted(old.items()):
        f = scores[rule].figures() if rule in scores else Score().figures()
        if rule not in scores and row["documents"] != "0":
            lost.append("%s: is not in the set any more" % rule)
        for k in FIGURES:
            if row.get(k, "-") == "-" or (quick and k in ("extracted", "shown")):
                continue
            if f[k] < float(row[k]) - LOSS:
                lost.append("%s: %s %.1f, was %s" % (rule, k, f[k], row[k]))
    for rule in sorted(set(scores) - set(old)):
        if scores[rule].n["wrong"]:
            lost.append("%s: %d false, was not in the table" % (rule, scores[rule].n["wrong"]))
    return lost


def write_table(path, rows):
    begin, end = "<!-- eval: begin -->", "<!-- eval: end -->"
    old = begin + "\n" + end + "\n"
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            old = f.read()
    new = old[:old.index(begin) + len(begin)] + "\n" + "\n".join(rows) + "\n" + \
        old[old.index(end):]
    with open(path, "w", encoding="utf-8") as f:
        f.write(new)


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("build")
    p.add_argument("folder")
    p.add_argument("--rules", default="config/rules")
    p.add_argument("--scan-case")
    p.add_argument("--against")
    p.add_argument("--write")
    p.add_argument("--show", action="append", default=[])
    p.add_argument("--quick", action="store_true")
    a = p.parse_args()
    docs = read_labels(a.folder)
    text = None if a.quick else extracted(a.build, a.folder, docs)
    found = matched(a.scan_case or a.build + "/tests/tools/scan-case", a.rules, a.folder, docs)
    seen = None if a.quick else shown(a.build, a.rules, a.folder)
    scores, ordinary = score_all(docs, text, found, seen)
    rows = table(scores, docs, ordinary, a.quick)
    if any("service" in d for d in docs):
        rows += ["", services_row(docs, found)]
    print("\n".join(rows))
    for rule in sorted(scores) if "all" in a.show else a.show:
        for what, list_ in scores[rule].misses.items():
            print("\n%s: %s (%d)" % (rule, what, len(list_)))
            print("\n".join("   " + m for m in list_[:400]))
    lost = compare(scores, ordinary, a.against, a.quick) + \
        lost_services(docs, found, a.against) if a.against else []
    if a.write:
        write_table(a.write, rows)
    for m in lost:
        print("LOST " + m)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
