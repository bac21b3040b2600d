/*
 * limits: every bound of the program on one page, each with its reason. Sizes are compared with
 * what remains. A bound that is hit is a gap that names the item, never silence.
 */
#ifndef LIMITS_H
#define LIMITS_H

#define KIB (1024ull)
#define MIB (1024ull * KIB)
#define GIB (1024ull * MIB)

/* --- one outer file, across all levels of nesting (budget.h) --- */
#define LIMIT_UNPACKED_MIN   (4 * GIB) /* bytes unpacked: the larger of this ... */
#define LIMIT_UNPACKED_RATIO 200u /* ... and this many times the outer size (p99 of real: 19) */
#define LIMIT_ITEMS	     1000000u /* members in one outer file; Macie stops at the same number */
#define LIMIT_ITEM_BYTES     512u /* ... or one for so many bytes of the outer file: a 10 GB mailbox */
#define LIMIT_DEPTH	     16u /* containers within containers; quines never end by themselves */
#define LIMIT_ITEM_CPU_SEC   120u /* CPU seconds one item may take (its children count apart) */
#define LIMIT_CPU_BYTES	     (4 * MIB) /* ... and a second more for so many bytes: text is 70 x faster */
#define LIMIT_ITEM_CPU_MAX   1000000u /* seconds: no sum overflows */

/* --- memory of the worker --- */
#define LIMIT_WORKER_AS	   (1 * GIB) /* RLIMIT_AS: 125 bytes of rar once asked for 958 MB */
#define LIMIT_SLURP	   (256 * MIB) /* a nested item that needs seeking is held in memory */
#define LIMIT_PART	   (256 * MIB) /* one XML part of an Office document, unpacked */
#define LIMIT_CELL	   (32 * KIB) /* text of one table cell; Excel's own limit is 32,767 */
#define LIMIT_ROW_CELLS	   16384u /* cells of one row: Excel's own limit, XFD */
#define LIMIT_NAME_DIGITS  6u /* a name with fewer holds no number of a person */
#define LIMIT_NAME	   4096u /* bytes of an inner name that are kept */
#define LIMIT_XML_DEPTH	   256u /* open elements */
#define LIMIT_HOLE	   (1 * MIB) /* zeros handed on of one hole in a sparse member */
#define LIMIT_ROW	   (4 * MIB) /* text of one row; a longer one goes out in pieces */
#define LIMIT_ASIDE	   (1 * MIB) /* notes, comments, deleted text kept for the end; then they go */
#define LIMIT_FLAT_BINARY  (16 * MIB) /* pictures of a flat document, kept for the end */
#define LIMIT_BAD_ENTRIES  1000u /* entries in a row that give nothing, then the rest is given up */
#define LIMIT_SFX_STUB	   (1 * MIB) /* program in front of a self-extracting 7z or rar */
#define LIMIT_STREAM_HEAD  (16 * MIB) /* input before the first byte comes out: endless names */
#define LIMIT_CFB_ENTRIES  131072u /* streams and storages of one compound file: 16 MiB */
#define LIMIT_MAIL_HEAD	   (1 * MIB) /* the header of a mail or part: thousands of recipients fit */
#define LIMIT_FACTS	   262144u /* encrypted or unsupported members kept apart by name: 6 MB */
#define LIMIT_ZIP_DIR	   (16 * MIB) /* of a zip we read ourselves: 65,534 members of 256 bytes */
#define LIMIT_ZIP_EXTRA	   (1 * KIB) /* extra fields of such a member's local header; offices pad */
#define LIMIT_PDF_PAGES	   100000u /* pages of a document: a register of a large firm is a tenth */
#define LIMIT_PDF_WORDS	   1000000u /* words of a page in rows: 32 MB; of more, unsorted */
#define LIMIT_PDF_EXTRA	   (4 * MIB) /* fields, notes or links of a page; bookmarks */
#define LIMIT_SQLITE_HEAP  (192 * MIB) /* SQLite's own memory: two long values and its cache */
#define LIMIT_SQLITE_VALUE (64 * MIB) /* one text or blob of a row */
#define LIMIT_SQLITE_NAMES (8 * MIB) /* names of the tables of one database */
#define LIMIT_PDF_TITLES   100000u /* bookmarks of a document */
#define LIMIT_PDF_NESTED   32u /* bookmarks within bookmarks */

/* --- documents: what is more goes out in pieces, or is a gap --- */
#define LIMIT_SHEETS	     65536u /* sheets of a workbook: its numbers of sheets have 16 bits */
#define LIMIT_FORMATS	     65536u /* number formats of a workbook */
#define LIMIT_CELL_STYLES    262144u /* cell styles of a workbook: Excel stops at 65,490 */
#define LIMIT_BOOK_LINKS     65536u /* relations of a workbook that are kept */
#define LIMIT_RELS	     65536u /* relations of one part of a document: links, pictures */
#define LIMIT_SLIDES	     65536u /* slides of a presentation */
#define LIMIT_PPT_EDITS	     1000u /* times a presentation was saved on top of itself */
#define LIMIT_PPT_IDS	     65536u /* objects of a presentation in its directory */
#define LIMIT_PPT_DIRECTORY  (1 * MIB) /* the directory of a presentation: 4 bytes for each object */
#define LIMIT_PPT_DEPTH	     32u /* records within records, as groups of shapes nest */
#define LIMIT_PPT_TABLE	     (1 * MIB) /* text of a table on a slide: 75 x 75 cells at the most */
#define LIMIT_XLS_DEPTH	     64 /* streams begun within streams: a chart in a sheet is two */
#define LIMIT_XLS_NAMES	     (16 * MIB) /* names of sheets and ranges of a workbook */
#define LIMIT_XLS_TEXTS	     (32 * MIB) /* comments and text boxes of a workbook */
#define LIMIT_XLSB_RECORD    (4 * MIB) /* a string of 32,767 characters with its runs is far below */
#define LIMIT_XML_WINDOW     (32 * MIB) /* one tag, comment or CDATA of a worksheet */
#define LIMIT_XML_TOKEN	     (32 * MIB) /* one tag or comment elsewhere: pictures in attributes */
#define LIMIT_PARTS	     100000u /* parts of a document; one of 10,000 slides has fewer */
#define LIMIT_ODF_REPEAT     1024u /* times a repeated cell or row with text goes out */
#define LIMIT_DOC_PIECES     (64 * MIB) /* piece table of a Word document: 12 bytes for each edit */
#define LIMIT_DOC_PAGES	     (64 * MIB) /* table of paragraph pages of a Word document */
#define LIMIT_DOC_PARAGRAPH  (32 * KIB) /* a paragraph held back; more goes in pieces */
#define LIMIT_DOC_FIELDS     64u /* fields within fields: a bit for each */
#define LIMIT_MACRO_MODULE   (16 * MIB) /* a macro module as stored; one procedure ends at 64 KB */
#define LIMIT_MACRO_SOURCE   (16 * MIB) /* its source, unpacked */
#define LIMIT_OLE_PROPS	     (4 * MIB) /* a set of properties: title, author, a thumbnail */
#define LIMIT_OLE_PROP_COUNT 4096u /* properties of a set */
#define LIMIT_OLE_VECTOR     65536u /* values of one property: names of all sheets */
#define LIMIT_OLE_PROTECT    (64 * KIB) /* how a document is encrypted: some KB of XML */
#define LIMIT_OLE_SPINS	     1000000u /* times a password is hashed: Excel writes 100,000 */
#define LIMIT_MSG_VALUE	     (16 * MIB) /* one property of an Outlook message; twice of it is held */
#define LIMIT_MSG_WORDS	     (8 * MIB) /* properties gathered before they go out */
#define LIMIT_MSG_FIXED	     (1 * MIB) /* table of fixed properties: 16 bytes each */
#define LIMIT_MSG_RTF	     (32 * MIB) /* a body in RTF, packed or not: pictures in hexadecimal */
#define LIMIT_RTF_ASIDE	     (4 * MIB) /* headers, footers and properties, each */
#define LIMIT_RTF_OBJECT     (32 * MIB) /* one embedded object or picture, held in memory */
#define LIMIT_RTF_GROUPS     512u /* open groups; deeper ones are read as part of the last */
#define LIMIT_HTML_ROW	     (256 * KIB) /* text of a row of a web page; a longer one is text */
#define LIMIT_HTML_ASIDE     (16 * KIB) /* comments and attributes of a cell; with more: text */
#define LIMIT_HTML_SPAN	     1000u /* columns a cell spans, as browsers have it */
#define LIMIT_TAG	     (256 * KIB) /* one tag: an attribute may hold a small picture */
#define LIMIT_RECORDS_HELD   (256 * KIB) /* records held back until it is clear what they are */
#define LIMIT_RECORD_SAME    32u /* times a key may come in one record */
#define LIMIT_JSON_DEPTH     64u /* deeper keys are not kept: a bit for each */
#define LIMIT_CARD_LINE	     (1 * MIB) /* an unfolded line of a contact: a photograph in base64 */
#define LIMIT_CARD_FILE	     (12 * MIB) /* a file of an appointment in base64: twice in memory */
#define LIMIT_MEDIA_EDGE     (1 * MIB) /* of pictures, sound and film only both ends hold words */
#define LIMIT_KEYSTORE_LOOK  (4 * MIB) /* of a store of keys: catalogues of databases come first */
#define LIMIT_NOTES_ID	     (64 * KIB) /* a Notes ID is some KB */
#define LIMIT_VIDEO_LOOK     (1 * MIB) /* of a film's header or index that is read */
#define LIMIT_VIDEO_BOXES    4096u /* parts of a film's container passed on the way to its index */
#define LIMIT_CFB_DEPTH	     16u /* storages within storages: objects in objects, a few at most */

/* --- formats: what is looked at, remembered, or tried --- */
#define LIMIT_TAG_ATTS	      256 /* attributes of one tag: each is looked up among those before */
#define LIMIT_CELL_ATTS	      64u /* attributes of a tag of a worksheet: a cell has five */
#define LIMIT_XML_ATTS	      64u /* attributes of an element that can be a record */
#define LIMIT_XML_NAME	      120u /* bytes of a name in front of its value */
#define LIMIT_RECORD_KEYS     256 /* columns of a table made of records */
#define LIMIT_RECORD_KEY      128u /* bytes of a key that are kept */
#define LIMIT_JSON_TEXTS      (8u * KIB) /* of a list that may name the columns of another */
#define LIMIT_JSON_KEY	      96u /* bytes of a key that are kept: one for each open object */
#define LIMIT_CSV_ROW	      (1 * MIB) /* bytes of one row in memory; a longer one goes in pieces */
#define LIMIT_CSV_QUOTED      (64 * KIB) /* bytes within which a quote must close, or it is doubted */
#define LIMIT_CSV_SAMPLE      8192 /* bytes of text that tell the separator */
#define LIMIT_CSV_GUESS	      16 /* lines that tell it */
#define LIMIT_SLURP_AHEAD     (4 * MIB) /* memory taken on a header's word; then as bytes come */
#define LIMIT_ZIPDOC_RETRIES  64u /* times the library may ask to be called again */
#define LIMIT_FORMAT_CODE     1024u /* bytes of a number format; Excel's own limit is 255 */
#define LIMIT_DBF_FIELDS      2047u /* fields of a dBase table: FoxPro's is 255, dBase 7's 1024 */
#define LIMIT_SQLITE_LOOSE    (1 * MIB) /* bytes of blobs gathered for one search */
#define LIMIT_RTF_TOKEN	      64u /* bytes of the longest token that is looked at whole */
#define LIMIT_RTF_FONTS	      32768u /* numbers of fonts: they have 16 bits with a sign */
#define LIMIT_IWORK_EDGE      (64u * 1024) /* bytes at either end that tell an iWork package */
#define LIMIT_CUT_LINE	      (32u * 1024) /* bytes of a line; more go in pieces */
#define LIMIT_PDF_COLUMNS     256u /* columns of a table; a row of more pieces is text */
#define LIMIT_MAIL_BOUND      256u /* bytes of a boundary; RFC 2046 allows 70 */
#define LIMIT_MAIL_LEVELS     32u /* multiparts within multiparts: real mails have five */
#define LIMIT_MAIL_FIELD      (16 * KIB) /* of a content type: its parameters are looked up one by one */
#define LIMIT_MAIL_FIELD_NAME 128u /* bytes of the name of a header field */
#define LIMIT_FROM_LINE	      512u /* bytes of a "From " line that are looked at */
#define LIMIT_MAIL_NAMED_BY   (16 * KIB) /* of a mail without a Message-ID that make up its name */
#define LIMIT_MAIL_DATE	      80u /* bytes of a Date field that are looked at */
#define LIMIT_MAIL_PEEK	      (16u * 1024) /* bytes of a part that tell what it is */
#define LIMIT_MAIL_TEXT	      4096u /* bytes of a body that tell its charset */
#define LIMIT_PIECES_SAID     8u /* missing pieces of a mail that are named */
#define LIMIT_PST_PAGE	      4096u /* bytes of a page of a store: the larger of its two sizes */
#define LIMIT_PST_TREE	      3u /* levels of a tree within a heap: more than 2,000 entries each */
#define LIMIT_PST_PAGES	      256u /* pages of a store's trees kept: 128 KiB, or 1 MiB of a large one's */
#define LIMIT_PST_LEVELS      8u /* of a tree of pages: 20 entries a page make 2^34 in all */
#define LIMIT_PST_BLOCKS      600000u /* of one node: 4 GiB, as its size has 32 bits */
#define LIMIT_PST_HEAP	      (16 * MIB) /* properties of a message, or its table of recipients */
#define LIMIT_PST_PROPS	      65536u /* properties of a node: their numbers have 16 bits */
#define LIMIT_UU_LOOK	      4096u /* bytes of a part within which its uuencode begins */
#define LIMIT_BASE64_LOOK     1024u /* bytes of a part that tell whether it is base64 */
#define LIMIT_WORD_CHARSET    64u /* bytes of an encoded word to its encoding: charset, language */
#define LIMIT_PIECE_NUMBER    9999u /* pieces of one mail */
#define LIMIT_PIECES	      256u /* pieces of mails held of one mailbox ... */
#define LIMIT_PIECES_BYTES    (16 * MIB) /* ... and their bytes: such mails passed for huge once */
#define LIMIT_PST_VALUE	      (64 * MIB) /* one property of an item */
#define LIMIT_PST_CELL	      (64 * KIB) /* one name or address of a recipient */
#define LIMIT_PST_WORDS	      (1 * MIB) /* header or properties of a message; then they go */
#define LIMIT_PST_NAMED_BY    (16 * KIB) /* of a property, for the name of a mail */
#define LIMIT_PST_RTF	      (64 * MIB) /* a body in RTF, unpacked */
#define LIMIT_RAR5_HEAD	      (64u * 1024) /* the format allows 2 MiB; names and extras stay far below */
#define LIMIT_LATE_READS      64u /* reads behind the end of time, to end in order */
#define LIMIT_NAME_TRIES      1000u /* numbers tried for a name: those cut to one length share them */

/* --- matching --- */
#define CHUNK_SIZE	      (256 * KIB) /* text handed to the engine at once: fastest at 64-256 KiB */
#define CHUNK_CONTEXT	      (4 * KIB) /* kept on both sides of a cut: no rule may look further */
#define LIMIT_DOCUMENT	      (128 * KIB) /* text of an item kept to judge it as a document: 40 pages */
#define LIMIT_DOCUMENT_STEPS  2000000u /* backtracking steps of one match in it */
#define LIMIT_PHRASE	      64 /* bytes of a phrase by which documents are known: some ten words */
#define LIMIT_MATCH_PCRE2     20000u /* backtracking steps of one window; beyond it: undecided */
#define LIMIT_PLACES	      10u /* places kept of one finding: the contract's `at` */
#define LIMIT_SAMPLES	      3u /* masked samples kept of one finding */
#define LIMIT_WHY	      6u /* reasons kept of one finding */
#define LIMIT_RUN	      65536u /* fingerprints gathered before a sorted run is sent */
#define TABLE_STAGE_ROWS      64u /* rows held back to find the header */
#define LIMIT_LATE_HEADER     16384u /* cells behind those rows that are asked: long notes on top */
#define LIMIT_JOINED_COLUMNS  12u /* columns of a wrapped header whose words are looked up */
#define LIMIT_PROSE_TRIES     64u /* lines of an item whose words are looked up without success */
#define LIMIT_PROSE_LINE      400u /* a printed header's line: a page is 132 wide */
#define LIMIT_PROSE_COLUMNS   256u /* of the tables in one chunk of text whose headers are heeded */
#define LIMIT_TURNED	      (1 * MIB) /* of the rows of one record, or of one matrix */
#define LIMIT_RECORDS	      1024u /* columns of a matrix that become records */
#define LIMIT_MEMO_REACH      8000u /* bytes on either side that may decide: any pattern and check */
#define LIMIT_TERM	      512u /* bytes of text that one term may stretch over */
#define LIMIT_COLUMNS	      1024u /* columns joined to groups: a table has tens at most */
#define LIMIT_SECRETS_WAIT    (32u * 1024) /* secrets that wait for the table to prove itself */
#define LIMIT_SECRETS_SEEN    64u /* values remembered to see whether secrets differ */
#define LIMIT_ROWS_HELD	      (1 * MIB) /* text of the rows held back to find the header */
#define LIMIT_HEADER_CELLS    512u /* cells of a row that are looked at: the rest will be like them */
#define LIMIT_HEADER	      256u /* bytes of a header that are kept and looked at */
#define LIMIT_LINE_KEPT	      512 /* bytes of a line that classifiers look at */
#define LIMIT_VALUE	      128 /* bytes of a cell that can be more than text */
#define LIMIT_MATCH_UNDECIDED 16u /* windows of one pattern that may hit a limit in one text */
#define LIMIT_MATCH_DEPTH     2000u /* nested backtracking points */
#define LIMIT_MATCH_HEAP_KIB  2048u /* memory of one match */
#define LIMIT_MATCH_TRIES     16 /* matches before the anchor that are skipped in one window */
#define LIMIT_FOLDED	      256 /* letters and digits of a header or name that are looked at */
#define LIMIT_RAW_RUNS	      4096 /* offsets remembered in one chunk of printable runs */
#define LIMIT_MAGIC_HEAD      4096 /* bytes libmagic sees */
#define LIMIT_MAGIC_NAMES     128 /* distinct answers of it kept; further ones are octet-stream */

/* --- rule files --- */
#define YAML_BYTES  (1024u * 1024) /* one rule file; all shipped ones together are a tenth */
#define YAML_DEPTH  12u /* nesting: rule files need seven */
#define YAML_NODES  100000u /* scalars, lists and maps of one file */
#define YAML_KEYS   512u /* keys of one map: looked through one by one for a double */
#define RULES_MAX   2000u /* rules of a set: cell maps are columns x rules */
#define TERMS_MAX   20000u /* terms of a watch list: names and titles of a large firm's year */
#define WORDS_MAX   2000u /* words of one list, references included */
#define PATTERN_MAX 4096u /* bytes of one regex, and of one word or anchor 256 */

/* --- between the two sides --- */
#define LIMIT_MESSAGE		(64 * KIB) /* one message; SOCK_SEQPACKET takes up to 128 KiB safely */
#define BATCH_FILES		32u /* files a batch: descriptor passing costs the same for 1 and 32 */
#define BATCH_BYTES		(1 * MIB) /* bytes a batch; a larger file travels alone */
#define LIMIT_RETRIES		8u /* members that may kill a worker before the file is given up */
#define DEADLINE_PROGRESS_SEC	60u /* seconds without any progress before a worker is killed */
#define DEADLINE_SILENT_CPU_SEC 20u /* CPU seconds without any: a loop, not a slow disk */

/* --- the walk --- */
#define LIMIT_WALK_FDS	  128u /* directories held open; older ones are opened again on the way up */
#define LIMIT_WALK_DEPTH  16384u /* directories below one another: a path of 4 MiB at the most */
#define LIMIT_WALK_BUSY	  4096u /* leased files kept for another try at the end */
#define LIMIT_WALK_DENIED 64u /* unreadable files of one directory kept by name */
#define LIMIT_IDS	  (16 * MIB) /* hard links remembered: 256 MiB; beyond it read again */

#endif
