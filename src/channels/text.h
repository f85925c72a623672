/* Bytes of unknown encoding, record by record: the part that imports have in common.
 *
 * A file is read through one buffer of fixed size, so a file of any size takes constant memory. Which encoding it has is decided
 * from its beginning: a byte order mark, else UTF-8 when the sample is valid UTF-8, else GB18030 (the superset of GBK). The bytes
 * that shape a record (comma, tab, quote, line feed) never stand inside a GBK character, so records are cut first and converted
 * one by one; a record with bytes that are no text is refused alone. UTF-16 is converted as a stream. */
#ifndef GUIJU_CHANNELS_TEXT_H
#define GUIJU_CHANNELS_TEXT_H

#include "base/arena.h"

enum { TEXT_SAMPLE = 256 * 1024, TEXT_RECORD_MOST = 256 * 1024 };

enum text_encoding { TEXT_UTF8, TEXT_GBK, TEXT_UTF16LE, TEXT_UTF16BE };
const char *text_encoding_name(enum text_encoding e); /* "UTF-8", "GBK" … */

struct text_reader;
/* Reads from the start of `fd` (borrowed). E_INVALID import.empty for a file without a byte. */
MUST_CHECK enum status text_reader_new(int fd, struct text_reader **out, struct problem *p);
void text_reader_free(struct text_reader *r); /* NULL is allowed */
enum text_encoding text_reader_encoding(const struct text_reader *r);
i64 text_reader_bytes(const struct text_reader *r); /* of the file, consumed so far */

enum text_trouble {
  TEXT_FINE,
  TEXT_BAD_BYTES,  /* not text in the file's encoding */
  TEXT_NUL,        /* a NUL byte */
  TEXT_TOO_LONG,   /* over TEXT_RECORD_MOST; the rest of the line was skipped */
  TEXT_CUT_OFF,    /* the file ends inside a quoted field */
};

/* One record. In CSV mode fields are cut at `separator`, quoted fields may hold line breaks; otherwise the record is one line and
 * its only field. Texts live in the arena. False at the end of the file. */
struct text_record {
  i64 line;               /* physical line it begins on, from 1 */
  enum text_trouble trouble;
  bool unterminated;      /* the last record, and no line feed after it */
  struct str raw;         /* the beginning of it, for people; UTF-8 with ? for what is no text */
  struct str *fields;
  size_t count;
};
MUST_CHECK enum status text_next_csv(struct text_reader *r, struct arena *a, char separator, struct text_record *out, bool *more, struct problem *p);
MUST_CHECK enum status text_next_line(struct text_reader *r, struct arena *a, struct text_record *out, bool *more, struct problem *p);

/* The time forms of shops' lists: 2026-03-05 10:00:12, 2026/3/5 10:00, 2026年3月5日 10:00; false when it is none. */
bool text_time(struct str s, i64 zone_offset_ms, i64 *ms);

#endif
