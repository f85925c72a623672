/* Who is there, told by their pages: however many tabs and devices a person has open, they are one person. When the last is gone for
 * the grace time the desk is told they are offline; when a page is back they are put back; when no key or mouse moved at any of
 * them for the desk's time they are away. Counts on the monotonic clock, so that setting the wall clock sends nobody home.
 * Runs on the loop's thread alone. */
#ifndef GUIJU_API_HERE_H
#define GUIJU_API_HERE_H

#include "api/api_internal.h"

struct here;
struct here *here_new(struct api *api);
void here_free(struct here *h); /* NULL is allowed */
/* The desk's settings, as last read. */
void here_set(struct here *h, i64 grace_ms, i64 idle_ms);
void here_came(struct here *h, struct str person);
void here_left(struct here *h, struct str person);
void here_moved(struct here *h, struct str person); /* a key or the mouse, at any page */
void here_tick(struct here *h);

#endif
