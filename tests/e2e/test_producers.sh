#!/bin/bash
# What other programs make of one staff list: LibreOffice in its formats, groff, Ghostscript and
# cairo as PDF. Each file holds the same Social Security numbers in one column, and each has to give
# what the CSV gives: all of them, once, with the column's name as a reason.
# shellcheck disable=SC1091
. "$(dirname "$0")/lib.sh"
have() { command -v "$1" >/dev/null; }
have python3 || skip_all 'no python3'
[ -x "$LEAKAUDIT" ] || skip_all "no program at $LEAKAUDIT"
rows=120
mkdir "$T/in" "$T/out" "$T/home"
"$BUILD/tests/tools/make-documents" "$T/in" $rows || exit 2

# office FORMAT... -- SOURCE: what LibreOffice writes, to $T/out
office() {
	local formats=()
	while [ "$1" != -- ]; do
		formats+=("$1")
		shift
	done
	local f
	for f in "${formats[@]}"; do
		HOME=$T/home timeout 120 soffice "-env:UserInstallation=file://$T/home/lo" --headless \
			--convert-to "$f" --outdir "$T/out" "$T/in/$2" >"$T/log" 2>&1
	done
}

# finds FILE: the numbers, the place of the first and the names of the columns are the CSV's
finds() {
	"$LEAKAUDIT" scan -f jsonl "$1" >"$T/f" 2>"$T/err"
	json "$T/f" "[(o['count'],o['unique']) for o in F if o['rule']=='us-ssn']==[($rows,$rows)]" &&
		json "$T/f" "[o['why'][0] for o in F if o['rule']=='us-ssn']==['column header \"SSN\"']" &&
		json "$T/f" "all(a.get('column')=='C' for o in F if o['rule']=='us-ssn' for a in o['at'])" &&
		json "$T/f" "[o['why'] for o in F if o['rule']=='salary-sheet']==$pay" &&
		json "$T/f" "sorted(o['rule'] for o in F)==['salary-sheet','us-ssn'] and not G"
}

# side_by_side FILE: name, number and net pay of each line of the list are cells of one row
side_by_side() {
	"$BUILD/tests/tools/extract-dump" "$1" >"$T/dump"
	python3 - "$T/dump" "$T/in/staff.csv" <<'EOF'
import re,sys
rows=[dict(c.split("=",1) for c in l.rstrip("\n").split("|")[1:] if "=" in c)
      for l in open(sys.argv[1]) if l.startswith("row ")]
have={(r.get("1"),r.get("3"),r.get("5")) for r in rows}
want=[l.rstrip("\n").split(",") for l in open(sys.argv[2])][1:]
lost=[w for w in want if (w[0],w[2],w[4]) not in have]
sys.exit(f"{len(lost)} rows are not one row: {lost[:3]}" if lost else 0)
EOF
}

# the pay sheet's reasons are the csv's: three of its columns, by whatever words the rule knows them
"$LEAKAUDIT" scan -f jsonl "$T/in/staff.csv" >"$T/f" 2>"$T/err"
pay=$(python3 -c 'import json,sys
print([o["why"] for o in map(json.loads,open(sys.argv[1])) if o.get("rule")=="salary-sheet"])' "$T/f")
is 'the list itself: the reasons' "$(grep -oi 'pay"\|"Name"\|"Employee ID"' <<<"$pay" | tr '\n' ' ')" \
	'pay" "Name" "Employee ID" '
ok 'the list itself: csv' finds "$T/in/staff.csv"
ok 'the list itself: xlsx' finds "$T/in/staff.xlsx"
ok 'the list itself: docx' finds "$T/in/letter.docx"

sheets='xls xlsx ods fods html csv pdf' letters='doc docx odt fodt rtf html pdf' slides='odp pptx pdf ppt fodp'
if have soffice; then
	# shellcheck disable=SC2086
	{
		office $sheets -- staff.xlsx
		office $letters -- letter.docx
		office $slides -- slides.fodp
	}
	for f in $sheets; do
		ok "LibreOffice, sheet: $f" finds "$T/out/staff.$f"
	done
	for f in $letters; do ok "LibreOffice, letter: $f" finds "$T/out/letter.$f"; done
	for f in $slides; do ok "LibreOffice, slides: $f" finds "$T/out/slides.$f"; done
	ok 'LibreOffice, PDF: a line of the list is a row' side_by_side "$T/out/staff.pdf"
else
	skip 21 'no soffice'
fi

if have groff && [ -d /usr/share/groff/current/font/devpdf ]; then
	groff -t -ms -Tpdf "$T/in/payroll.tbl" >"$T/out/groff.pdf" 2>"$T/log"
	ok 'groff, PDF: found' finds "$T/out/groff.pdf"
	ok 'groff, PDF: a line of the list is a row' side_by_side "$T/out/groff.pdf"
else
	skip 2 'no groff with gropdf'
fi
if have groff && have ps2pdf; then
	groff -t -ms -Tps "$T/in/payroll.tbl" 2>"$T/log" | ps2pdf - "$T/out/gs.pdf"
	ok 'Ghostscript, PDF: found' finds "$T/out/gs.pdf"
	ok 'Ghostscript, PDF: a line of the list is a row' side_by_side "$T/out/gs.pdf"
else
	skip 2 'no groff or no ps2pdf'
fi

# cairo draws the columns one after the other, and only the first page names them
if /usr/bin/python3 -c 'import cairo' 2>/dev/null; then
	/usr/bin/python3 - "$T/in/staff.csv" "$T/out/cairo.pdf" <<'EOF'
import cairo,sys
rows=[l.rstrip("\n").split(",") for l in open(sys.argv[1])]
pdf=cairo.PDFSurface(sys.argv[2],595,842)
c=cairo.Context(pdf)
c.select_font_face("sans-serif"); c.set_font_size(10)
for first in range(0,len(rows),50):
    for k,x in enumerate((40,170,260,360,450)):
        for i,r in enumerate(rows[first:first+50]):
            w=c.text_extents(r[k]).x_advance if k==4 else 0
            c.move_to(x+(70-w if k==4 else 0),60+15*i); c.show_text(r[k])
    c.show_page()
pdf.finish()
EOF
	ok 'cairo, PDF: found' finds "$T/out/cairo.pdf"
	ok 'cairo, PDF: a line of the list is a row' side_by_side "$T/out/cairo.pdf"
else
	skip 2 'no cairo for Python'
fi

# protected by qpdf: what opens without a password is read, the rest is said
if have qpdf && have groff && [ -s "$T/out/groff.pdf" ]; then
	for bits in 40 128 256; do
		weak=$([ $bits = 256 ] || echo --allow-weak-crypto)
		# shellcheck disable=SC2086
		qpdf $weak --encrypt '' owner $bits -- "$T/out/groff.pdf" "$T/out/owner.pdf"
		ok "qpdf, $bits bits: only the owner has a password" finds "$T/out/owner.pdf"
		# shellcheck disable=SC2086
		qpdf $weak --encrypt user owner $bits -- "$T/out/groff.pdf" "$T/out/user.pdf"
		"$LEAKAUDIT" scan -f jsonl "$T/out/user.pdf" >"$T/f" 2>/dev/null
		ok "qpdf, $bits bits: the reader needs one" json "$T/f" \
			'not F and [g["reason"] for g in G]==["encrypted"]'
	done
else
	skip 6 'no qpdf or no groff'
fi
done_testing
