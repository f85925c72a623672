/* Copying directories for backup and restore. */
#ifndef GUIJU_APP_TREE_H
#define GUIJU_APP_TREE_H

#include "base/arena.h"

struct tree_count {
  i64 files, bytes;
};
/* Copies `from` with everything in it to `to` (made), synced to disk. A `from` that does not exist is an empty one.
 * Files that vanish meanwhile and unfinished uploads (*.part) are passed over. */
MUST_CHECK enum status tree_copy(const char *from, const char *to, struct tree_count *count, struct problem *p);
/* Removes a directory with everything in it; silent when there is none. */
void tree_remove(const char *path);
/* Makes the name of a new entry last through a power cut. */
MUST_CHECK enum status tree_sync(const char *directory, struct problem *p);
bool tree_exists(const char *path);
/* Makes a directory with whatever is missing on the way, for this user alone; false: see errno. */
bool tree_make(const char *path);

#endif
