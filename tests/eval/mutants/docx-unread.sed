# scanners/extract/table.c
/&extract_docx,/d
