/*
 * ipc: messages between the side with rights and a worker, over one SOCK_SEQPACKET socket. A
 * message is a type byte and fields; a cursor that cannot overrun reads them. Bytes from a worker
 * are hostile: an unknown type, a length that does not fit, or bytes left over is -EBADMSG, and the
 * receiver kills that worker.
 */
#ifndef IPC_H
#define IPC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "limits.h"

#define IPC_VERSION	 3 /* bumped with every change of a message */
#define IPC_FDS		 (BATCH_FILES + 4)
#define WORKER_FD_SOCKET 3
#define WORKER_FD_NOTE	 4 /* memfd of one struct worker_note */

enum ipc_type {
	/* to the worker */
	IPC_CONFIG = 1, /* options, key; one rule file's name follows for each IPC_RULE */
	IPC_RULE, /* name; one descriptor of a rule file */
	IPC_LOCK, /* all rules are there: compile them, close the sandbox, say hello */
	IPC_BATCH, /* n jobs; n descriptors */
	IPC_SELFTEST, /* tests only: try a forbidden thing (selftest.h) */
	IPC_CHECK, /* run every example of the rules */
	/* from the worker */
	IPC_HELLO = 64, /* version, confinement in force, rule-set digest, number of rules */
	IPC_RULE_INFO, /* one rule of the catalogue */
	IPC_BAD, /* rules or options refused: file, line, column, message */
	IPC_START, /* job id: begins (the first of a batch) */
	IPC_FINDING,
	IPC_RUN,
	IPC_GAP,
	IPC_DONE, /* job id, id of the job that begins now or 0, stats */
	IPC_CHECKED, /* one example's result, or the end of them */
	IPC_BUNDLE, /* several of these, each u32 length + message: bundle.h */
};

/* Shared with the worker, which writes it: never trusted, only read as numbers and bytes. */
struct worker_note {
	volatile uint64_t progress; /* heart-beat */
	volatile uint32_t job; /* id of the job at hand */
	volatile uint32_t ordinal; /* inner item at hand; 0 = the file itself */
	volatile uint32_t nomem; /* set when an allocation failed */
	volatile uint32_t inner_n; /* bytes used of inner */
	uint8_t inner[4096]; /* names of the chain, each u16 length + bytes */
	volatile uint32_t said_n; /* bytes of said that were not sent yet */
	uint8_t said[32 * KIB]; /* one message: a bundle in the making */
};

/* A message being written; ends in ipc_send(). A message over LIMIT_MESSAGE fails as -EMSGSIZE. */
struct ipc_out {
	struct buf b;
	int fds[IPC_FDS];
	unsigned n_fds;
};

void ipc_begin(struct ipc_out *o, enum ipc_type type);
void ipc_u8(struct ipc_out *o, uint8_t v);
void ipc_u16(struct ipc_out *o, uint16_t v);
void ipc_u32(struct ipc_out *o, uint32_t v);
void ipc_u64(struct ipc_out *o, uint64_t v);
void ipc_bytes(struct ipc_out *o, struct span s); /* u32 length + bytes */
void ipc_fd(struct ipc_out *o, int fd); /* passed, still the caller's */

/* 0, -EAGAIN (would block), -EPIPE (other side gone), -EMSGSIZE, -ETOOMANYREFS, -errno. */
int ipc_send(int sock, struct ipc_out *o);
void ipc_out_free(struct ipc_out *o);

/* A message being read. */
struct ipc_in {
	uint8_t *p; /* LIMIT_MESSAGE bytes, owned */
	size_t n, at;
	bool bad; /* a field did not fit: every later field reads as 0 or empty */
	int fds[IPC_FDS];
	unsigned n_fds;
};

/*
 * Receives one message: its type, 0 at the end of the stream, -EAGAIN, -EBADMSG (truncated data or
 * descriptors: MSG_TRUNC, MSG_CTRUNC), -errno. Descriptors received are closed by the next
 * ipc_recv() or ipc_in_free() unless taken out (set to -1).
 */
int ipc_recv(int sock, struct ipc_in *i);
uint8_t ipc_get_u8(struct ipc_in *i);
uint16_t ipc_get_u16(struct ipc_in *i);
uint32_t ipc_get_u32(struct ipc_in *i);
uint64_t ipc_get_u64(struct ipc_in *i);
struct span ipc_get_bytes(struct ipc_in *i, size_t max); /* valid until the next ipc_recv() */
/* 0 when everything was read and nothing is left, else -EBADMSG. */
int ipc_end(const struct ipc_in *i);
void ipc_in_free(struct ipc_in *i);

#endif
