"""pairs.py EXTRACT-DUMP FOLDER KNOWN: each workbook's cells against the .csv beside it.

FOLDER holds NAME.xls and NAME.xls.0.csv, .1.csv ... (one a sheet, as Excel shows them). Every text of
a csv cell must be in the workbook as one of its two renderings. Prints a line for each workbook with
cells that are not, and fails where they are more than the file KNOWN (name TAB number TAB reason) says.
"""
import csv, glob, os, re, subprocess, sys


def unescape(s):
    return re.sub(r"\\(n|t|r|\\|x[0-9a-fA-F]{2})", lambda m: {
        "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}.get(m[1]) or chr(int(m[1][1:], 16)), s)


def number(s):
    t = re.sub(r"[,$€£%\s]", "", s)
    t = "-" + t[1:-1] if t[:1] == "(" and t[-1:] == ")" else t
    try:
        return "%.15g" % float(t)
    except ValueError:
        return None


def shown(c, numbers):
    """Is c a number of the workbook, or one rounded to the digits that c has?"""
    n = number(c)
    if n is None or n in numbers:
        return n is not None
    digits = len(re.sub(r"\D", "", re.sub(r"[Ee].*", "", c)).lstrip("0")) or 1
    return any("%.*g" % (digits, float(v)) == "%.*g" % (digits, float(n)) for v in numbers if v)


def dated(c, have):
    """American dates as Excel shows them by default, beside ours."""
    m = re.fullmatch(r"(\d+)/(\d+)/(\d\d)(?: (\d+):(\d\d))?", c)
    if not m:
        return False
    iso = "20%s-%02d-%02d" % (m[3], int(m[1]), int(m[2]))
    return any(h.startswith(iso) and (not m[4] or "%02d:%s" % (int(m[4]), m[5]) in h) for h in have)


def normal(s):
    return re.sub(r"\s+", " ", s).strip().casefold()


def cells(dump, path):
    log = subprocess.run([dump, path], capture_output=True, text=True, errors="replace").stdout
    have, numbers = set(), set()
    for line in log.splitlines():
        if not line.startswith("row "):
            continue
        for cell in re.split(r"\|(?=\d+=)", line)[1:]:
            m = re.match(r"\d+=(.*?)(?:\{(.*)\})?$", cell, re.S)
            for s in m.groups(""):
                s = unescape(s)
                have.add(normal(s))
                numbers.add(number(s))
    return have, numbers


dump, folder, known = sys.argv[1:]
allowed = {}
for line in open(known, encoding="utf-8"):
    if line.strip() and not line.startswith("#"):
        name, n, _ = line.split("\t", 2)
        allowed[name] = int(n)
bad = 0
books = sorted(p for p in glob.glob(folder + "/*") if glob.glob(glob.escape(p) + ".[0-9]*.csv"))
for path in books:
    have, numbers = cells(dump, path)
    lost, total = [], 0
    for sheet in sorted(glob.glob(glob.escape(path) + ".[0-9]*.csv")):
        with open(sheet, encoding="utf-8-sig", errors="replace", newline="") as f:
            head = f.readline()
            f.seek(0)
            sep = ";" if head.count(";") > head.count(",") else ","
            for row in csv.reader(f, delimiter=sep):
                for c in row:
                    if not normal(c):
                        continue
                    total += 1
                    if not (normal(c) in have or shown(c, numbers) or dated(c, have)):
                        lost.append(c)
    name = os.path.basename(path)
    print(f"{name}: {total} cells, {len(lost)} not found: {lost[:12]}")
    bad += len(lost) > allowed.get(name, 0)
print(f"{len(books)} workbooks")
sys.exit(1 if bad or not books else 0)
