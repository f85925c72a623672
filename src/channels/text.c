/* Bytes of unknown encoding, record by record. See text.h. */
#include "channels/text.h"

#include "base/calendar.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER = 256 * 1024, RAW_SHOWN = 200, FIELDS_MOST = 400 };

struct text_reader {
  int fd;
  enum text_encoding encoding;
  iconv_t wide;          /* UTF-16 stream, else (iconv_t)-1 */
  iconv_t gbk;           /* else (iconv_t)-1 */
  char *in;              /* bytes as they came (UTF-16 only) */
  size_t in_n;
  char *buffer;          /* bytes to cut records from */
  size_t at, n;
  bool ended;
  i64 bytes, line;
  struct buf record;
};

const char *text_encoding_name(enum text_encoding e) {
  static const char *const names[] = {"UTF-8", "GBK", "UTF-16LE", "UTF-16BE"};
  return names[e];
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

static enum status read_some(struct text_reader *r, char *into, size_t room, size_t *got, struct problem *p) {
  ssize_t n;
  do n = read(r->fd, into, room);
  while (n < 0 && errno == EINTR);
  if (n < 0) return problem_set(p, E_IO, "import.read", "读文件出错：%s", "Reading the file failed: %s", strerror(errno));
  *got = (size_t)n;
  r->bytes += n;
  return OK;
}

static enum status fill_wide(struct text_reader *r, struct problem *p) {
  size_t got;
  enum status status = read_some(r, r->in + r->in_n, BUFFER - r->in_n, &got, p);
  if (status != OK) return status;
  r->ended = got == 0;
  char *from = r->in, *to = r->buffer;
  size_t from_n = r->in_n + got, to_n = (size_t)BUFFER * 2;
  while (from_n) {
    if (iconv(r->wide, &from, &from_n, &to, &to_n) != (size_t)-1 || errno == EINVAL) break;
    if (errno != EILSEQ || from_n < 2) break;
    from += 2, from_n -= 2;
    if (to_n) *to++ = '\xff', to_n--; /* no text: the record is refused later */
  }
  memmove(r->in, from, from_n);
  r->in_n = r->ended ? 0 : from_n;
  r->at = 0;
  r->n = (size_t)(to - r->buffer);
  return OK;
}

static enum status fill(struct text_reader *r, struct problem *p) {
  if (r->wide != (iconv_t)-1) return fill_wide(r, p);
  r->at = 0;
  r->n = 0;
  enum status status = read_some(r, r->buffer, BUFFER, &r->n, p);
  r->ended = r->n == 0;
  return status;
}

/* Next byte, or -1 at the end. */
static inline enum status next_byte(struct text_reader *r, int *byte, struct problem *p) {
  while (r->at == r->n) {
    if (r->ended) {
      *byte = -1;
      return OK;
    }
    enum status status = fill(r, p);
    if (status != OK) return status;
  }
  *byte = (unsigned char)r->buffer[r->at++];
  return OK;
}

static enum text_encoding detect(const char *s, size_t n, size_t *skip) {
  const unsigned char *b = (const unsigned char *)s;
  *skip = 0;
  if (n >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF) return *skip = 3, TEXT_UTF8;
  if (n >= 2 && b[0] == 0xFF && b[1] == 0xFE) return *skip = 2, TEXT_UTF16LE;
  if (n >= 2 && b[0] == 0xFE && b[1] == 0xFF) return *skip = 2, TEXT_UTF16BE;
  /* A character cut by the end of the sample says nothing. */
  size_t whole = n;
  for (int i = 0; i < 4 && whole > 0; i++) {
    if (str_utf8_valid((struct str){s, whole})) return TEXT_UTF8;
    if (n < TEXT_SAMPLE) break;
    whole--;
  }
  return TEXT_GBK;
}

/* A file that is UTF-8 but for some damaged lines should not be read as GBK: most lines decide. */
static enum text_encoding settle(const char *s, size_t n, enum text_encoding guess) {
  size_t good = 0, bad = 0, from = 0;
  if (guess != TEXT_GBK) return guess;
  for (size_t i = 0; i < n; i++) {
    if (s[i] != '\n') continue;
    struct str line = {s + from, i - from};
    bool high = false;
    for (size_t k = 0; k < line.n && !high; k++) high = (unsigned char)line.p[k] >= 0x80;
    if (high) *(str_utf8_valid(line) ? &good : &bad) += 1;
    from = i + 1;
  }
  return good > 2 * bad ? TEXT_UTF8 : TEXT_GBK;
}

enum status text_reader_new(int fd, struct text_reader **out, struct problem *p) {
  struct text_reader *r = calloc(1, sizeof *r);
  BUG_IF(!r);
  *r = (struct text_reader){.fd = fd, .wide = (iconv_t)-1, .gbk = (iconv_t)-1, .line = 1};
  r->buffer = malloc((size_t)BUFFER * 2);
  r->in = malloc(BUFFER);
  BUG_IF(!r->buffer || !r->in);
  buf_init(&r->record, TEXT_RECORD_MOST);
  enum status status = lseek(fd, 0, SEEK_SET) < 0 && errno != ESPIPE ? problem_set(p, E_IO, "import.read", "读文件出错：%s", "Reading the file failed: %s", strerror(errno)) : OK;
  size_t got = 1, skip;
  while (status == OK && got > 0 && r->n < TEXT_SAMPLE) {
    status = read_some(r, r->buffer + r->n, TEXT_SAMPLE - r->n, &got, p);
    if (status == OK) r->n += got;
  }
  if (status == OK && r->n == 0) status = problem_set(p, E_INVALID, "import.empty", "文件是空的", "The file is empty");
  if (status != OK) {
    text_reader_free(r);
    return status;
  }
  r->encoding = settle(r->buffer, r->n, detect(r->buffer, r->n, &skip));
  r->at = skip;
  if (r->encoding == TEXT_GBK) r->gbk = iconv_open("UTF-8", "GB18030");
  if (r->encoding == TEXT_UTF16LE || r->encoding == TEXT_UTF16BE) {
    r->wide = iconv_open("UTF-8", r->encoding == TEXT_UTF16LE ? "UTF-16LE" : "UTF-16BE");
    BUG_IF(r->wide == (iconv_t)-1);
    if (lseek(fd, 2, SEEK_SET) < 0) {
      text_reader_free(r);
      return problem_set(p, E_IO, "import.read", "读文件出错", "Reading the file failed");
    }
    r->bytes = 2;
    r->at = r->n = 0;
  }
  *out = r;
  return OK;
}

void text_reader_free(struct text_reader *r) {
  if (!r) return;
  if (r->wide != (iconv_t)-1) iconv_close(r->wide);
  if (r->gbk != (iconv_t)-1) iconv_close(r->gbk);
  buf_release(&r->record);
  free(r->buffer);
  free(r->in);
  free(r);
}

enum text_encoding text_reader_encoding(const struct text_reader *r) { return r->encoding; }
i64 text_reader_bytes(const struct text_reader *r) { return r->bytes - (i64)(r->n - r->at); }

/* ---- one record ------------------------------------------------------------------------------------------------------ */

/* To UTF-8 in the arena; false when it is no text. */
static bool to_utf8(struct text_reader *r, struct arena *a, struct str s, struct str *out) {
  bool plain = true;
  for (size_t i = 0; i < s.n && plain; i++) plain = (unsigned char)s.p[i] < 0x80;
  if (plain || r->gbk == (iconv_t)-1) {
    *out = arena_dup(a, s);
    return plain || str_utf8_valid(s);
  }
  size_t room = s.n * 2 + 4, left = room, n = s.n;
  char *to = arena_alloc(a, room), *end = to, *from = (char *)(uintptr_t)s.p;
  iconv(r->gbk, NULL, NULL, NULL, NULL);
  bool ok = iconv(r->gbk, &from, &n, &end, &left) != (size_t)-1 && n == 0;
  *out = (struct str){to, (size_t)(end - to)};
  return ok;
}

/* The beginning of a record as far as it can be shown. */
static struct str shown(struct text_reader *r, struct arena *a, struct str s) {
  struct str out, head = str_slice(s, 0, s.n < RAW_SHOWN ? s.n : RAW_SHOWN);
  char *copy = arena_alloc(a, head.n + 1);
  for (size_t i = 0; i < head.n; i++) copy[i] = (unsigned char)head.p[i] < ' ' && head.p[i] != '\t' ? ' ' : head.p[i];
  for (size_t cut = 0; cut < 4 && cut <= head.n; cut++)
    if (to_utf8(r, a, (struct str){copy, head.n - cut}, &out)) return out;
  for (size_t i = 0; i < head.n; i++)
    if ((unsigned char)copy[i] >= 0x80) copy[i] = '?';
  return (struct str){copy, head.n};
}

static enum status skip_line(struct text_reader *r, struct problem *p) {
  int byte = 0;
  enum status status = OK;
  while (status == OK && byte != '\n' && byte != -1) status = next_byte(r, &byte, p);
  r->line++;
  return status;
}

static void end_field(struct text_reader *r, struct arena *a, struct text_record *out, size_t *room, size_t from) {
  struct str raw = {r->record.p ? r->record.p + from : "", r->record.n - from}, text;
  if (out->count == FIELDS_MOST) return;
  if (!to_utf8(r, a, raw, &text)) out->trouble = TEXT_BAD_BYTES;
  out->fields = arena_grow(a, out->fields, room, out->count + 1, sizeof *out->fields);
  out->fields[out->count++] = text;
}

static void finish(struct text_reader *r, struct arena *a, struct text_record *out) {
  struct str all = buf_str(&r->record);
  if (out->trouble == TEXT_FINE && memchr(all.p, 0, all.n)) out->trouble = TEXT_NUL;
  out->raw = shown(r, a, all);
}

/* A quote that never closes must not swallow the lines behind it: go back to the second line of the record. */
static enum status go_back(struct text_reader *r, i64 offset, i64 line, struct problem *p) {
  if (offset == 0 || r->wide != (iconv_t)-1 || lseek(r->fd, offset, SEEK_SET) < 0) return OK;
  (void)p;
  r->bytes = offset;
  r->at = r->n = 0;
  r->ended = false;
  r->line = line;
  return OK;
}

enum status text_next_csv(struct text_reader *r, struct arena *a, char separator, struct text_record *out, bool *more, struct problem *p) {
  size_t room = 0, from = 0;
  bool quoted = false, was_quoted = false, any = false;
  i64 first_break = 0;
  int byte;
  *out = (struct text_record){.line = r->line};
  r->record.n = 0;
  r->record.overflow = false;
  for (;;) {
    enum status status = next_byte(r, &byte, p);
    if (status != OK) return status;
    if (byte == -1) break;
    any = true;
    if (r->record.overflow) {
      out->trouble = TEXT_TOO_LONG;
      if (byte != '\n') status = skip_line(r, p);
      else r->line++;
      if (status != OK) return status;
      break;
    }
    if (quoted) {
      if (byte == '\n') {
        r->line++;
        if (!first_break) first_break = text_reader_bytes(r);
      }
      if (byte != '"') {
        buf_byte(&r->record, (char)byte);
        continue;
      }
      status = next_byte(r, &byte, p);
      if (status != OK) return status;
      if (byte == '"') {
        buf_byte(&r->record, '"');
        continue;
      }
      quoted = false;
      if (byte == -1) break;
    }
    if (byte == '\n') {
      r->line++;
      break;
    }
    /* ="123" keeps its digits as text in a spreadsheet: the sign before the quote is part of the wrapping. */
    bool wrapped = byte == '"' && r->record.n == from + 1 && r->record.p[from] == '=';
    if (byte == '"' && !was_quoted && (r->record.n == from || wrapped)) {
      r->record.n = from;
      quoted = was_quoted = true;
    } else if (byte == separator) {
      end_field(r, a, out, &room, from);
      from = r->record.n;
      was_quoted = false;
    } else if (byte != '\r') {
      buf_byte(&r->record, (char)byte);
    }
  }
  *more = any;
  if (!any) return OK;
  end_field(r, a, out, &room, from);
  if (byte == -1) out->unterminated = true;
  if (quoted) out->trouble = TEXT_CUT_OFF;
  if (r->record.overflow) out->trouble = TEXT_TOO_LONG;
  finish(r, a, out);
  if (out->trouble == TEXT_CUT_OFF || out->trouble == TEXT_TOO_LONG) return go_back(r, first_break, out->line + 1, p);
  return OK;
}

enum status text_next_line(struct text_reader *r, struct arena *a, struct text_record *out, bool *more, struct problem *p) {
  size_t room = 0;
  int byte;
  bool any = false;
  *out = (struct text_record){.line = r->line};
  r->record.n = 0;
  r->record.overflow = false;
  for (;;) {
    enum status status = next_byte(r, &byte, p);
    if (status != OK) return status;
    if (byte == -1) break;
    any = true;
    if (byte == '\n') break;
    if (byte != '\r') buf_byte(&r->record, (char)byte);
  }
  r->line++;
  *more = any;
  if (!any) return OK;
  end_field(r, a, out, &room, 0);
  out->unterminated = byte == -1;
  if (r->record.overflow) out->trouble = TEXT_TOO_LONG;
  finish(r, a, out);
  return OK;
}

/* ---- times ------------------------------------------------------------------------------------------------------------ */

static bool number(struct str *s, int digits_most, int *out) {
  size_t i = 0;
  *out = 0;
  while (i < s->n && i < (size_t)digits_most && s->p[i] >= '0' && s->p[i] <= '9') *out = *out * 10 + (s->p[i++] - '0');
  *s = str_slice(*s, i, s->n);
  return i > 0;
}

static bool take(struct str *s, struct str word) {
  if (!str_starts(*s, word)) return false;
  *s = str_slice(*s, word.n, s->n);
  return true;
}

static bool separator(struct str *s, struct str zh) { return take(s, STR("-")) || take(s, STR("/")) || take(s, STR(".")) || take(s, zh); }

bool text_time(struct str s, i64 zone_offset_ms, i64 *ms) {
  int year, month, day, hour = 0, minute = 0, second = 0, milli;
  s = str_trim(s);
  if (!number(&s, 4, &year) || !separator(&s, STR("年")) || !number(&s, 2, &month) || !separator(&s, STR("月")) || !number(&s, 2, &day)) return false;
  take(&s, STR("日"));
  if (!civil_valid(year, month, day) || year < 2000 || year > 2200) return false;
  s = str_trim(s);
  take(&s, STR("T"));
  if (s.n) {
    if (!number(&s, 2, &hour) || !(take(&s, STR(":")) || take(&s, STR("：")) || take(&s, STR("时"))) || !number(&s, 2, &minute)) return false;
    if ((take(&s, STR(":")) || take(&s, STR("：")) || take(&s, STR("分"))) && s.n && !number(&s, 2, &second)) return false;
    if (take(&s, STR(".")) && !number(&s, 3, &milli)) return false;
    take(&s, STR("秒"));
    if (str_trim(s).n || hour > 23 || minute > 59 || second > 59) return false;
  }
  i64 of_day = ((i64)hour * 60 + minute) * 60 + second;
  *ms = instant_at(date_from_civil(year, month, day), of_day * MS_SECOND, zone_offset_ms);
  return true;
}
