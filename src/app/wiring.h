/* How the floors are put together: the writer with every noun's views and commands, the rulebook compiler, the files inside the
 * program. Used by every command that opens a desk. */
#ifndef GUIJU_APP_WIRING_H
#define GUIJU_APP_WIRING_H

#include "api/asset.h"
#include "commands/writer.h"

#define GUIJU_VERSION "0.1.0"

/* Options for a desk's database with all nouns and the compiler; clock and feed are the caller's to set.
 * The arena lives as long as the writer. */
struct writer_options wiring_writer_options(struct arena *a, struct str database);
/* writer_options.compile: parse and check; the problem names the first error and its line. */
enum status wiring_compile(void *ctx, struct arena *a, struct str source, const struct lang_program **out, struct problem *p);

/* A rulebook that a new desk may start from. */
struct wiring_template {
  struct str id;      /* file name without ".md" */
  struct str title, summary, source;
};
/* From `dir`, or those inside the program when it is NULL; in order of id. Texts live in the arena. */
MUST_CHECK enum status wiring_templates(struct arena *a, const char *dir, struct wiring_template **out, size_t *count, struct problem *p);
/* The web pages from `dir`, or those inside the program when it is NULL. */
MUST_CHECK enum status wiring_pages(const char *dir, struct asset_set **out, struct problem *p);

#endif
