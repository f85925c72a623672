/* Texts of the web: percent-encoding, paths, query strings, cookies, and the list part of a multipart body. Pure. */
#ifndef GUIJU_NET_PATH_H
#define GUIJU_NET_PATH_H

#include "base/arena.h"

/* Percent-decode; `plus` turns '+' into a space (query strings). False: a broken escape, a NUL byte or not UTF-8. */
bool path_decode(struct arena *a, struct str in, bool plus, struct str *out);
/* Percent-encode everything but letters, digits and -._~ . */
struct str path_encode(struct arena *a, struct str in);
/* Fold "//" and resolve "." and ".." of a decoded path. False when it does not start with '/', climbs above the root,
 * is not UTF-8 or holds a NUL byte. */
bool path_resolve(struct arena *a, struct str path, struct str *out);
/* Walk over a query string: cuts the next name and value off *rest; false at the end. Values that do not decode are skipped. */
bool path_next_query(struct arena *a, struct str *rest, struct str *name, struct str *value);
/* Value of one cookie of a Cookie header; empty when absent. */
struct str path_cookie(struct str header, struct str name);
/* Match "/conversations/:id/messages" against a path; up to `most` values of the ':name' parts go to `values`.
 * Returns the number of values or -1 when it does not match. ":no.xlsx" takes what stands before ".xlsx". */
int path_match(struct str pattern, struct str path, struct str *names, struct str *values, int most);

/* One part of a multipart/form-data body; everything points into the body. */
struct path_part {
  struct str name, file_name, type, content;
  bool file; /* it has a filename, be it empty */
};
/* Walk over the parts: *at is 0 before the first. False at the end, or where the body breaks off. */
bool path_next_part(struct arena *a, struct str content_type, struct str body, size_t *at, struct path_part *out);
/* The first file (also the first field when none has a filename). */
bool path_multipart(struct arena *a, struct str content_type, struct str body, struct path_part *out);

#endif
