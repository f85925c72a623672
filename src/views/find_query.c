/* See find_query.h. */
#include "views/find_query.h"

#include "base/calendar.h"

#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

static const struct { const char *word; enum find_key key; } keys[] = {
    {"from", FIND_FROM}, {"by", FIND_FROM}, {"谁", FIND_FROM}, {"说话人", FIND_FROM}, {"customer", FIND_CUSTOMER}, {"顾客", FIND_CUSTOMER}, {"客户", FIND_CUSTOMER},
    {"agent", FIND_AGENT}, {"接待", FIND_AGENT}, {"接待人", FIND_AGENT}, {"channel", FIND_CHANNEL}, {"渠道", FIND_CHANNEL}, {"tag", FIND_TAG}, {"标签", FIND_TAG},
    {"state", FIND_STATE}, {"状态", FIND_STATE}, {"type", FIND_TYPE}, {"类型", FIND_TYPE}, {"date", FIND_DATE}, {"日期", FIND_DATE}, {"时间", FIND_DATE},
};
static const struct { const char *word, *value; } states[] = {
    {"waiting", "waiting"}, {"等待", "waiting"}, {"待接入", "waiting"}, {"open", "open"}, {"进行中", "open"}, {"接待中", "open"}, {"closed", "closed"}, {"已结束", "closed"}, {"结束", "closed"},
};
static const struct { const char *word, *value; } types[] = {
    {"customer", "customer"}, {"顾客", "customer"}, {"agent", "agent"}, {"客服", "agent"}, {"note", "note"}, {"备注", "note"}, {"auto", "auto"}, {"自动", "auto"},
};

const char *find_key_name(enum find_key key) {
  static const char *const names[FIND_KEYS] = {"from", "customer", "agent", "channel", "tag", "state", "type", "date"};
  return names[key];
}

/* ---- dates ---- */

static bool digits(struct str s, size_t at, size_t n, int *out) {
  *out = 0;
  if (at + n > s.n) return false;
  for (size_t i = at; i < at + n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9') return false;
    *out = *out * 10 + (s.p[i] - '0');
  }
  return true;
}

/* 2026, 2026-11, 2026-11-05: the days [from, to). */
static bool named_days(struct str s, i64 *from, i64 *to) {
  int year, month, day;
  if (!digits(s, 0, 4, &year) || year < 1970) return false;
  if (s.n == 4) {
    *from = date_from_civil(year, 1, 1);
    *to = date_from_civil(year + 1, 1, 1);
    return true;
  }
  if (s.n < 7 || s.p[4] != '-' || !digits(s, 5, 2, &month) || month < 1 || month > 12) return false;
  if (s.n == 7) {
    *from = date_from_civil(year, month, 1);
    *to = date_add_months(*from, 1);
    return true;
  }
  if (s.n != 10 || s.p[7] != '-' || !digits(s, 8, 2, &day) || !civil_valid(year, month, day)) return false;
  *from = date_from_civil(year, month, day);
  *to = *from + 1;
  return true;
}

static bool is_any(struct str s, const char *a, const char *b) { return str_is(s, a) || str_is(s, b); }

static bool spoken_days(struct str s, i64 today, i64 *from, i64 *to) {
  i64 week = week_start(today), month = month_start(today);
  *to = today + 1;
  *from = today;
  if (is_any(s, "今天", "today")) return true;
  if (is_any(s, "昨天", "yesterday")) return *from = today - 1, *to = today, true;
  if (str_is(s, "前天")) return *from = today - 2, *to = today - 1, true;
  if (is_any(s, "本周", "week")) return *from = week, true;
  if (str_is(s, "上周")) return *from = week - 7, *to = week, true;
  if (is_any(s, "本月", "month")) return *from = month, true;
  if (str_is(s, "上月")) return *from = month_start(month - 1), *to = month, true;
  size_t n = 0;
  i64 days = 0;
  while (n < s.n && n < 4 && s.p[n] >= '0' && s.p[n] <= '9') days = days * 10 + (s.p[n++] - '0');
  struct str unit = str_slice(s, n, s.n);
  if (n == 0 || days < 1 || !(is_any(unit, "天", "d") || str_is(unit, "日"))) return false;
  return *from = today - days + 1, true;
}

static bool days_of(struct str s, i64 today, i64 *from, i64 *to) {
  size_t dots = str_find(s, STR(".."), 0);
  if (dots == SIZE_MAX) return named_days(s, from, to) || spoken_days(s, today, from, to);
  struct str first = str_slice(s, 0, dots), last = str_slice(s, dots + 2, s.n);
  i64 a = INT64_MIN, b = INT64_MAX, ignored;
  if (first.n && !named_days(first, &a, &ignored) && !spoken_days(first, today, &a, &ignored)) return false;
  if (last.n && !named_days(last, &ignored, &b) && !spoken_days(last, today, &ignored, &b)) return false;
  *from = a;
  *to = b;
  return first.n > 0 || last.n > 0;
}

/* ---- the pieces ---- */

static bool is_space(u32 c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0x3000 || c == 0xa0; }

static u32 closing_of(u32 c) {
  switch (c) {
    case '"': return '"';
    case 0x201c: return 0x201d;
    case 0x201d: return 0x201d; /* “ ” swapped by an input method */
    case 0x300c: return 0x300d;
    default: return 0;
  }
}

/* From `at` to the closing sign, or to the next space when there is no opening one. */
static struct str piece(struct str s, size_t *at, bool *quoted) {
  u32 c;
  size_t bytes = str_decode(s, *at, &c), from = *at;
  u32 close = bytes ? closing_of(c) : 0;
  *quoted = close != 0;
  if (close) from = *at += bytes;
  while (*at < s.n) {
    bytes = str_decode(s, *at, &c);
    if (close ? c == close : is_space(c)) break;
    *at += bytes;
  }
  struct str found = str_slice(s, from, *at);
  if (close && *at < s.n) *at += bytes;
  return found;
}

/* The key before a colon at the beginning of `s`; *colon is the place behind it. */
static bool key_at(struct str s, size_t at, enum find_key *key, size_t *behind) {
  for (size_t i = 0; i < COUNT_OF(keys); i++) {
    struct str word = str_c(keys[i].word), rest = str_slice(s, at, s.n);
    if (!str_starts(rest, word)) continue;
    struct str sign = str_slice(rest, word.n, rest.n);
    size_t colon = str_starts(sign, STR(":")) ? 1 : str_starts(sign, STR("：")) ? 3 : 0;
    if (!colon) continue;
    *key = keys[i].key;
    *behind = at + word.n + colon;
    return true;
  }
  return false;
}

static void pass_over(struct find_query *q, struct str written) {
  if (q->passed_count < COUNT_OF(q->passed_over)) q->passed_over[q->passed_count++] = written;
}

static void add_filter(struct find_query *q, enum find_key key, struct str value, struct str written, i64 now_ms, i64 zone_offset_ms) {
  struct str kept = value;
  bool known = value.n > 0 && q->filter_count < FIND_FILTERS_MOST;
  if (known && key == FIND_DATE) {
    i64 from, to;
    known = days_of(value, instant_date(now_ms, zone_offset_ms), &from, &to);
    if (known) {
      i64 from_ms = from == INT64_MIN ? INT64_MIN : instant_at(from, 0, zone_offset_ms), to_ms = to == INT64_MAX ? INT64_MAX : instant_at(to, 0, zone_offset_ms);
      if (from_ms > q->from_ms) q->from_ms = from_ms;
      if (to_ms < q->to_ms) q->to_ms = to_ms;
    }
  } else if (known && (key == FIND_STATE || key == FIND_TYPE)) {
    kept = STR("");
    for (size_t i = 0; key == FIND_STATE && i < COUNT_OF(states); i++)
      if (str_is(value, states[i].word)) kept = str_c(states[i].value);
    for (size_t i = 0; key == FIND_TYPE && i < COUNT_OF(types); i++)
      if (str_is(value, types[i].word)) kept = str_c(types[i].value);
    known = kept.n > 0;
  }
  if (known) q->filters[q->filter_count++] = (struct find_filter){key, kept, written};
  else pass_over(q, written);
}

static void add_term(struct arena *a, struct find_query *q, struct str text, bool without, bool quoted) {
  struct grams g = gram_read(a, text);
  if (text.n == 0) return;
  if (g.n == 0 || q->term_count == FIND_TERMS_MOST) {
    pass_over(q, text);
    return;
  }
  q->terms[q->term_count++] = (struct find_term){text, g, without, quoted};
}

void find_query_parse(struct arena *a, struct str text, i64 now_ms, i64 zone_offset_ms, struct find_query *out) {
  *out = (struct find_query){.from_ms = INT64_MIN, .to_ms = INT64_MAX};
  for (size_t at = 0; at < text.n;) {
    u32 c;
    size_t bytes = str_decode(text, at, &c), from = at;
    if (is_space(c)) {
      at += bytes;
      continue;
    }
    enum find_key key;
    bool quoted, without = c == '-' && at + 1 < text.n && text.p[at + 1] != ' ' && text.p[at + 1] != '-';
    if (key_at(text, at, &key, &at)) {
      struct str value = piece(text, &at, &quoted);
      add_filter(out, key, str_trim(value), str_slice(text, from, at), now_ms, zone_offset_ms);
      continue;
    }
    if (without) at++;
    struct str term = piece(text, &at, &quoted);
    add_term(a, out, term, without, quoted);
  }
}

/* ---- word breaks ---- */

static bool worth_cutting(const struct find_term *t) {
  if (t->quoted || t->without || t->grams.n < 3) return false;
  for (size_t i = 0; i < t->grams.n; i++)
    if (t->grams.p[i].kind == GRAM_OTHER) return true;
  return false;
}

/* Letters that stand beside the matter of a question. */
static bool is_particle(u32 c) {
  static const char particles[] = "的了吗呢啊吧呀哦嗯我你您他她它是在有就都也还和跟与请把被给不没很";
  for (size_t at = 0, bytes; at < sizeof particles - 1; at += bytes) {
    u32 p;
    bytes = str_decode((struct str){particles, sizeof particles - 1}, at, &p);
    if (p == c) return true;
  }
  return false;
}

static size_t add_word(struct arena *a, struct str text, struct find_query *out) {
  struct grams g = gram_read(a, text);
  if (g.n == 0 || out->term_count == FIND_TERMS_MOST) return 0;
  out->terms[out->term_count++] = (struct find_term){text, g, false, false};
  return 1;
}

/* Words of two letters and more; letters that the dictionary leaves alone are kept together (退|货 is 退货), particles left out. */
static size_t cut(struct arena *a, UBreakIterator *breaks, const struct find_term *t, struct find_query *out) {
  UErrorCode code = U_ZERO_ERROR;
  UText text = UTEXT_INITIALIZER;
  size_t words = 0, single = SIZE_MAX; /* where single letters began */
  utext_openUTF8(&text, t->text.p, (int64_t)t->text.n, &code);
  ubrk_setUText(breaks, &text, &code);
  int32_t from = U_SUCCESS(code) ? ubrk_first(breaks) : UBRK_DONE;
  for (int32_t to = U_SUCCESS(code) ? ubrk_next(breaks) : UBRK_DONE; to != UBRK_DONE; from = to, to = ubrk_next(breaks)) {
    struct grams g = gram_read(a, str_slice(t->text, (size_t)from, (size_t)to));
    if (g.n == 1 && !is_particle(g.p[0].code)) {
      if (single == SIZE_MAX) single = (size_t)from;
      continue;
    }
    if (single != SIZE_MAX) words += add_word(a, str_slice(t->text, single, (size_t)from), out);
    single = SIZE_MAX;
    if (g.n > 1) words += add_word(a, str_slice(t->text, (size_t)from, (size_t)to), out);
  }
  if (single != SIZE_MAX) words += add_word(a, str_slice(t->text, single, t->text.n), out);
  utext_close(&text);
  return words;
}

bool find_query_words(struct arena *a, const struct find_query *whole, struct find_query *out) {
  UErrorCode code = U_ZERO_ERROR;
  bool any = false;
  *out = *whole;
  out->term_count = 0;
  UBreakIterator *breaks = ubrk_open(UBRK_WORD, "zh", NULL, 0, &code);
  if (U_FAILURE(code)) return false;
  for (size_t i = 0; i < whole->term_count; i++) {
    const struct find_term *t = &whole->terms[i];
    size_t words = worth_cutting(t) ? cut(a, breaks, t, out) : 0;
    if (words == 0 && out->term_count < FIND_TERMS_MOST) out->terms[out->term_count++] = *t;
    any |= words > 0 && out->terms[out->term_count - 1].text.n < t->text.n;
  }
  ubrk_close(breaks);
  return any && out->term_count > 0;
}
