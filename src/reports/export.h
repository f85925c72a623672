/* Rows of a desk written to a file: conversations, messages, reply times, ratings, as CSV or XLSX.
 *
 * Runs on a thread of its own with a read-only connection, a page of rows at a time, so neither the writer nor memory feels it: a
 * workbook's rows go to the disk as they are written. A sheet of XLSX holds 1,048,576 rows, its head one of them; more go to further
 * sheets. The rows are those of conversations that began in [from_ms, to_ms), in the order they began. Telephone and card numbers in
 * texts are masked unless `open`. Heads and the desk's own words are Chinese, or English; the rows are the same. */
#ifndef GUIJU_REPORTS_EXPORT_H
#define GUIJU_REPORTS_EXPORT_H

#include "views/view.h"

#include <stdatomic.h>

enum { EXPORT_SHEET_ROWS = 1048576 };
enum export_kind { EXPORT_CONVERSATIONS, EXPORT_MESSAGES, EXPORT_REPLIES, EXPORT_RATINGS };
struct export_ask {
  struct str url;
  const char *path;          /* of the file to write; its folder exists */
  enum export_kind kind;
  bool xlsx, open, english;
  i64 from_ms, to_ms, zone_offset_ms;
  struct str channel, tag, customer, level, customer_tag; /* "" = all */
  i64 sheet_rows;            /* 0: EXPORT_SHEET_ROWS; smaller in tests */
  atomic_bool cancelled;     /* set by another thread: the run ends with E_CONFLICT and leaves no file */
  _Atomic i64 rows;          /* written so far */
};
bool export_kind_find(struct str word, enum export_kind *kind);
MUST_CHECK enum status export_run(struct export_ask *ask, struct problem *p);

#endif
