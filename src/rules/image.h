/* The engine's memory as bytes, so that a restart need not judge the log again. An image holds everything that follows from the
 * facts fed so far; it is good only for the same rulebooks, published in the same order, and for the program that wrote it
 * (image_tag). Who keeps it binds it to a place in the log. The engine does no I/O: bytes go out through a function and come
 * in as memory. */
#ifndef GUIJU_RULES_IMAGE_H
#define GUIJU_RULES_IMAGE_H

#include "rules/engine.h"

/* Changes with every source of base, lang, events and rules: another program may judge otherwise. */
const char *image_tag(void);

/* E_INVALID while facts are held; what `write` fails with is handed on. */
MUST_CHECK enum status engine_save(struct engine *e, enum status (*write)(void *ctx, const void *bytes, size_t n), void *ctx, struct problem *p);

struct image_version {
  const struct lang_program *program;
  i64 published_ms, in_force_ms;
};
/* Into a fresh engine that nothing was published to. E_INVALID: the bytes are damaged or of another program or book; the engine is then
 * good for nothing but engine_free. */
MUST_CHECK enum status engine_restore(struct engine *e, const void *bytes, size_t n, const struct image_version *versions, size_t count, struct problem *p);

/* The same for two engines that hold the same consequences and run the same duties. */
u64 engine_fingerprint(struct engine *e);

#endif
