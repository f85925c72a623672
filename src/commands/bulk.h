/* Facts put into a desk that nobody is running, as fast as the disk takes them: for the demo month, tests and benchmarks.
 *
 * Events arrive in order of recording. They are sealed in transactions of many, folded by every view, and, when the desk judges,
 * shown to the engine with the deadlines that pass between them, just as the writer does it. A desk filled without the engine
 * has every fact and no consequence yet: the next start, or `guiju rebuild`, derives them. */
#ifndef GUIJU_COMMANDS_BULK_H
#define GUIJU_COMMANDS_BULK_H

#include "commands/writer.h"

enum { BULK_PER_SEAL = 500, BULK_PER_SEAL_PLAIN = 20000, BULK_CHECKPOINT_EVERY = 10 };

struct bulk;
/* The options are borrowed until the close. The desk must have been opened once by a writer: tables and rulebook are there. */
MUST_CHECK enum status bulk_open(const struct writer_options *o, bool judge, struct bulk **out, struct problem *p);
i64 bulk_next_seq(const struct bulk *b); /* of the event that comes next: what new ids are made from */
/* When the desk judges: deadlines up to until_ms run out, each at its own time. Before every event that comes later. It appends. */
MUST_CHECK enum status bulk_pass(struct bulk *b, i64 until_ms, struct problem *p);
/* e->recorded_ms must be set and never goes back. The event is only used during the call. */
MUST_CHECK enum status bulk_add(struct bulk *b, struct event *e, struct problem *p);
/* Lets deadlines pass up to now_ms, seals and commits what is open, writes the snapshot; *seal (may be NULL) in hexadecimal. */
MUST_CHECK enum status bulk_finish(struct bulk *b, i64 now_ms, char seal[65], struct problem *p);
void bulk_close(struct bulk *b); /* NULL is allowed; what was not finished is undone to the last seal */

#endif
