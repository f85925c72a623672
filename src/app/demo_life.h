/* A demo desk that lives: while a real person looks at it, customers come, and agents who have no page open answer them.
 *
 * Only for a folder that `guiju demo --live` made (it leaves the file `demo-live` there); everything it does is an ordinary command of
 * the people and visitors it plays, so the log and the rules see nothing special. A person whose page is open is left alone: their
 * customers wait for them. With nobody looking it ends the talks it began and rests. It promises plausible traffic, not a workload. */
#ifndef GUIJU_APP_DEMO_LIFE_H
#define GUIJU_APP_DEMO_LIFE_H

#include "commands/writer.h"

#define DEMO_LIFE_MARK "demo-live"

struct demo_life;
bool demo_life_wanted(const char *data);                    /* was the folder made to live? */
MUST_CHECK enum status demo_life_mark(const char *data, struct problem *p);
/* `clock` as in writer_options: NULL is the system's. A round comes every two seconds of real time, whatever the clock says. */
struct demo_life *demo_life_start(struct writer *w, i64 (*clock)(void *ctx), void *clock_ctx, u64 seed);
void demo_life_stop(struct demo_life *life);                /* NULL is allowed; before the writer and the clock close */

#endif
