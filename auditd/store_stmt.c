/*
 * Every statement of the store in one place, so that its tables can be changed with all their uses
 * in view. States, types and causes stand in them as the numbers of store.h: state 3 is resolved,
 * type 0 a finding, causes 1 and 2 are deleted and clean.
 */
#include "store_in.h"

#include "base/poison.h"

_Static_assert(STORE_NEW == 0 && STORE_KNOWN == 1 && STORE_RESOLVED == 3, "states in statements");
_Static_assert(STORE_DELETED == 1 && STORE_CLEAN == 2 && STORE_MOVED == 3 && STORE_EXCLUDED == 4,
	"causes in statements");
_Static_assert(RECORD_FINDING == 0 && RECORD_GAP == 1, "types in statements");

const char *const store_sql[F_STATEMENTS] = {
	[F_META_GET] = "SELECT value FROM meta WHERE key=?",
	[F_META_SET] = "INSERT OR REPLACE INTO meta VALUES(?,?)",
	[F_RULE_PUT] = "INSERT INTO rules(id,category,title,advice,about,refs,ladder)"
		       " VALUES(?1,?2,?3,?4,?5,?6,?7) ON CONFLICT(id) DO UPDATE SET category=?2,"
		       "title=?3,advice=?4,about=?5,refs=?6,ladder=?7",
	[F_RULES] = "SELECT no,id,category,title,advice,about,refs,ladder FROM rules ORDER BY no",
	[F_SHARE_PUT] = "INSERT INTO shares(name) VALUES(?) ON CONFLICT DO NOTHING",
	[F_SHARE_GET] = "SELECT no,fsid,complete,confirm FROM shares WHERE name=?",
	[F_SHARE_BEGIN] = "UPDATE shares SET root=?2,begun=?3,ended=0 WHERE no=?1",
	/* what was read and found clean stays so; what was only out of sight is looked for anew */
	[F_SHARE_RESET] = "UPDATE records SET gone=0 WHERE share=? AND gone IN (1,3,4)",
	[F_SHARE_END] = "UPDATE shares SET ended=?2,complete=CASE WHEN ?3 THEN ?2 ELSE complete END"
			" WHERE no=?1",
	[F_SHARE_DEVICE] = "UPDATE shares SET fsid=?2,confirm=0 WHERE no=?1",
	[F_SHARE_CONFIRM] = "UPDATE shares SET confirm=1 WHERE ?1 IS NULL OR name=?1",
	[F_SCAN_PUT] = "INSERT INTO scans(share,begun,rules) VALUES(?,?,?)",
	[F_SCAN_END] = "UPDATE scans SET ended=?2,complete=?3,files=?4,unchanged=?5,findings=?6,"
		       "gaps=?7,hidden=?8 WHERE no=?1",
	[F_RECORD_GET] = "SELECT no,state,same,severity,since,logged FROM records"
			 " WHERE share=? AND id=?",
	[F_RECORD_PUT] = "INSERT INTO records(share,id,type,file,path,folder,rule,severity,score,"
			 "confidence,count,hides,ino,vals,same,state,cause,gone,first,last,since,"
			 "scan,logged,data) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,0,0,?16,?16,?16,"
			 "?17,?18,?19)",
	[F_RECORD_SET] = "UPDATE records SET severity=?2,score=?3,confidence=?4,count=?5,hides=?6,"
			 "ino=?7,vals=?8,same=?9,state=?10,cause=0,gone=0,last=?11,since=?12,"
			 "scan=?13,logged=?14,data=?15,rule=?16 WHERE no=?1",
	[F_RECORD_GRADE] = "UPDATE records SET severity=?2,score=?3,state=?4,last=?5,since=?6,"
			   "scan=?7,logged=?8,data=?9 WHERE no=?1",
	[F_RECORD_GONE] = "UPDATE records SET gone=?2 WHERE no=?1",
	[F_RECORD_RESOLVE] = "UPDATE records SET state=3,cause=gone,gone=0,since=?2 WHERE no=?1",
	[F_FILE_RECORDS] = "SELECT no,type,rule,scan,path,data,severity,hides FROM records"
			   " WHERE share=? AND file=? AND state<>3",
	[F_FILE_GAPS] = "SELECT rule,path,data FROM records"
			" WHERE share=? AND file=? AND type=1 AND hides=1 AND scan=?",
	[F_FILE_SEEN] = "UPDATE records SET scan=?3,last=?4,"
			"since=CASE WHEN state=1 THEN since ELSE ?4 END,state=1"
			" WHERE share=?1 AND file=?2 AND state<>3 AND gone=0 AND scan<>?3",
	[F_FILE_DATA] = "SELECT no,path,data,state,cause,first,last,since,gone,logged FROM records"
			" WHERE share=? AND file=? AND state<>3 AND gone=0",
	[F_UNSEEN] = "SELECT no,path,data,ino,vals FROM records"
		     " WHERE share=? AND state<>3 AND scan<>? AND gone=0",
	/* what is new in this scan: the same in another file from before did not move there */
	[F_ELSEWHERE_INODE] = "SELECT 1 FROM records WHERE ino=?1 AND ino<>0 AND no<>?2 AND type=0"
			      " AND rule=?3 AND count=?4 AND state=0 AND scan>=?5 LIMIT 1",
	[F_ELSEWHERE_VALUES] = "SELECT 1 FROM records WHERE vals=?1 AND vals<>0 AND no<>?2"
			       " AND rule=?3 AND state=0 AND scan>=?4 LIMIT 1",
	/* of what stood there before this scan: all, and those that are lost */
	[F_LOST] = "SELECT count(*),sum(gone IN (1,2)) FROM records WHERE share=? AND type=0"
		   " AND state<>3 AND NOT (scan=?2 AND state=0)",
	[F_GONE] = "SELECT no,gone,logged,type,path,data FROM records"
		   " WHERE share=? AND state<>3 AND gone<>0",
	[F_ROLLUP] = "SELECT substr(path,1,folder),type,rule,severity,confidence,hides,count"
		     " FROM records WHERE share=? AND state<>3 AND logged=0 ORDER BY 1,2,3",
	[F_ROLLED_UP] = "UPDATE records SET logged=2 WHERE share=? AND state<>3 AND logged=0"
			" AND (type=1 OR (severity>=? AND confidence>=?))",
	[F_COUNTS] = "SELECT type,severity,count(*),sum(hides),sum(gone<>0) FROM records"
		     " WHERE (?1=0 OR share=?1) AND state<>3 GROUP BY 1,2",
	[F_SHARES] = "SELECT no,name,root,begun,ended,complete FROM shares ORDER BY name",
	[F_VALUES_PUT] = "INSERT OR REPLACE INTO fingerprints VALUES(?,?,?,?)",
	[F_VALUES_GET] = "SELECT key,whole,fp FROM fingerprints WHERE record=?",
	[F_LINE_PUT] = "INSERT INTO outbox(ts,event,act,cause,priority,share,path,data)"
		       " VALUES(?,?,?,?,?,?,?,?)",
	[F_LINE_NEXT] = "SELECT seq,ts,event,act,cause,priority,coalesce(name,''),path,data"
			" FROM outbox LEFT JOIN shares ON shares.no=share"
			" WHERE seq>? AND seq<=? ORDER BY seq LIMIT 1",
	[F_EXPIRE_RECORDS] = "DELETE FROM records WHERE state=3 AND since<?",
	[F_EXPIRE_VALUES] = "DELETE FROM fingerprints WHERE record IN"
			    " (SELECT no FROM records WHERE state=3 AND since<?)",
	[F_EXPIRE_LINES] = "DELETE FROM outbox WHERE ts<? AND seq<=?",
};

const char *const cache_sql[C_STATEMENTS] = {
	[C_META_GET] = "SELECT value FROM meta WHERE key=?",
	[C_META_SET] = "INSERT OR REPLACE INTO meta VALUES(?,?)",
	[C_RULES_PUT] = "INSERT INTO rules(digest) VALUES(?) ON CONFLICT DO NOTHING",
	[C_RULES_GET] = "SELECT no FROM rules WHERE digest=?",
	[C_DIR] = "SELECT ino,size,ctime,rules,records FROM files WHERE dir=? LIMIT ?",
	[C_FILE] = "SELECT ino,size,ctime,rules,records FROM files WHERE dir=? AND ino=?",
	[C_PUT] = "INSERT OR REPLACE INTO files VALUES(?,?,?,?,?,?)",
	[C_DROP_BETWEEN] = "DELETE FROM files WHERE dir>? AND dir<?",
	[C_DROP] = "DELETE FROM files WHERE dir=? AND ino=?",
};
