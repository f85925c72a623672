/* A desk whose time stands still until a file says otherwise: `guiju serve --clock FILE`, for tests and trials of a whole month.
 *
 * FILE holds one number, UTC milliseconds. When it changes (write a new file and rename it over), the desk lets time pass up to that
 * instant, with everything that comes due in between, and then writes the number to FILE.done. */
#ifndef GUIJU_APP_CLOCK_FILE_H
#define GUIJU_APP_CLOCK_FILE_H

#include "commands/writer.h"

struct clock_file;
MUST_CHECK enum status clock_file_open(const char *path, struct clock_file **out, struct problem *p);
i64 clock_file_now(void *clock); /* fits writer_options.clock */
/* Begin to follow the file, until clock_file_stop: before the writer closes. The clock can still be read then; it stands. */
void clock_file_follow(struct clock_file *c, struct writer *w);
void clock_file_stop(struct clock_file *c);  /* NULL is allowed */
void clock_file_close(struct clock_file *c); /* NULL is allowed; stops too; after everything that reads the clock */

#endif
