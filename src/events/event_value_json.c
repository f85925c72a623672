/* Values as JSON and back. A field's declared type makes the plain form unambiguous ("429.00" is money because the field
 * says so). Where no type is declared (fields of any type, a case's own fields) text, counts and truth values stand plain
 * and every other value is an object naming its type: {"money":"429.00"}, {"ref":"p3"}, {"instant":1772675000000}. */
#include "events/event_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tag {
  enum value_type type;
  const char *name;
} tags[] = {{V_MONEY, "money"}, {V_POINTS, "points"}, {V_DURATION, "duration"}, {V_DAYS, "days"}, {V_WORKDAYS, "workdays"},
            {V_MONTHS, "months"}, {V_INSTANT, "instant"}, {V_DATE, "date"}, {V_TIME, "time"}, {V_MONTH_DAY, "month_day"},
            {V_RATIO, "ratio"}, {V_REF, "ref"}};

/* ---- writing */

void json_write_text(struct buf *b, struct str s) {
  static const char hex[] = "0123456789abcdef";
  buf_byte(b, '"');
  size_t from = 0;
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    if (i > from) buf_add(b, (struct str){s.p + from, i - from});
    from = i + 1;
    if (c == '"' || c == '\\') {
      buf_byte(b, '\\');
      buf_byte(b, (char)c);
    } else if (c == '\n') {
      buf_addc(b, "\\n");
    } else if (c == '\t') {
      buf_addc(b, "\\t");
    } else {
      buf_addc(b, "\\u00");
      buf_byte(b, hex[c >> 4]);
      buf_byte(b, hex[c & 15]);
    }
  }
  if (s.n > from) buf_add(b, (struct str){s.p + from, s.n - from});
  buf_byte(b, '"');
}

void json_write_int(struct buf *b, i64 i) {
  char digits[24];
  size_t at = sizeof digits;
  u64 rest = i < 0 ? 0 - (u64)i : (u64)i;
  do digits[--at] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (i < 0) digits[--at] = '-';
  buf_add(b, (struct str){digits + at, sizeof digits - at});
}

static void write_hundredths(struct buf *b, i64 i) {
  u64 rest = i < 0 ? 0 - (u64)i : (u64)i;
  buf_byte(b, '"');
  if (i < 0) buf_byte(b, '-');
  json_write_int(b, (i64)(rest / 100));
  buf_byte(b, '.');
  buf_byte(b, (char)('0' + rest % 100 / 10));
  buf_byte(b, (char)('0' + rest % 10));
  buf_byte(b, '"');
}

static void write_plain(struct buf *b, const struct value *v) {
  switch (v->type) {
    case V_ABSENT: buf_addc(b, "null"); return;
    case V_BOOL: buf_addc(b, v->i ? "true" : "false"); return;
    case V_TEXT: case V_REF: json_write_text(b, v->s); return;
    case V_MONEY: case V_POINTS: write_hundredths(b, v->i); return;
    case V_DATE: {
      struct civil c = civil_from_date(v->i);
      buf_printf(b, "\"%04d-%02d-%02d\"", c.year, c.month, c.day);
      return;
    }
    case V_TIME:
      buf_printf(b, "\"%02lld:%02lld:%02lld\"", (long long)(v->i / MS_HOUR), (long long)(v->i / MS_MINUTE % 60), (long long)(v->i / MS_SECOND % 60));
      return;
    case V_RATIO: buf_printf(b, "\"%lld/%lld\"", (long long)v->i, (long long)v->den); return;
    case V_LIST:
      buf_byte(b, '[');
      for (size_t i = 0; i < v->count; i++) {
        if (i) buf_byte(b, ',');
        json_write_value_tagged(b, &v->items[i]);
      }
      buf_byte(b, ']');
      return;
    default: json_write_int(b, v->i); return;
  }
}

void json_write_value(struct buf *b, const struct value *v, const struct event_field *f) {
  if (f->type == FIELD_ENUM && v->type == V_TEXT)
    for (const struct event_word *w = f->values; w && w->en; w++)
      if (str_is(v->s, w->zh)) {
        json_write_text(b, str_c(w->en));
        return;
      }
  if (f->type == FIELD_ANY) json_write_value_tagged(b, v);
  else write_plain(b, v);
}

void json_write_value_tagged(struct buf *b, const struct value *v) {
  for (size_t i = 0; i < COUNT_OF(tags); i++)
    if (tags[i].type == v->type) {
      buf_printf(b, "{\"%s\":", tags[i].name);
      write_plain(b, v);
      buf_byte(b, '}');
      return;
    }
  write_plain(b, v);
}

static json_t *loaded(void (*write)(struct buf *, const struct value *), const struct value *v) {
  struct buf b;
  buf_init(&b, EVENT_LINE_MAX);
  write(&b, v);
  json_t *json = json_loadb(b.p ? b.p : "null", b.p ? b.n : 4, JSON_DECODE_ANY, NULL);
  buf_release(&b);
  return json;
}

json_t *value_to_json(const struct value *v) { return loaded(write_plain, v); }
json_t *value_to_json_tagged(const struct value *v) { return loaded(json_write_value_tagged, v); }

/* ---- reading */

static enum status wrong(struct problem *p, const char *zh, const char *en, struct str given) {
  return problem_set(p, E_INVALID, "event.value", "“%.*s”不是%s%.0s", "“%.*s” is not %.0s%s",
                     STR_ARG(str_slice(given, 0, given.n < 60 ? given.n : 60)), zh, en);
}

/* "91秒", "1分31秒", "2小时", "90s", "1h 30min"; days are 24 hours here. */
static bool duration_parse(struct str s, i64 *ms) {
  static const struct unit {
    const char *name;
    i64 ms;
  } units[] = {{"毫秒", 1}, {"ms", 1}, {"小时", MS_HOUR}, {"时", MS_HOUR}, {"hours", MS_HOUR}, {"hour", MS_HOUR}, {"h", MS_HOUR},
               {"分钟", MS_MINUTE}, {"分", MS_MINUTE}, {"minutes", MS_MINUTE}, {"minute", MS_MINUTE}, {"min", MS_MINUTE}, {"m", MS_MINUTE},
               {"秒钟", MS_SECOND}, {"秒", MS_SECOND}, {"seconds", MS_SECOND}, {"second", MS_SECOND}, {"s", MS_SECOND}, {"天", MS_DAY}, {"days", MS_DAY}, {"day", MS_DAY}, {"d", MS_DAY}};
  i64 sum = 0;
  s = str_trim(s);
  if (s.n == 0) return false;
  while (s.n) {
    size_t digits = 0;
    while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9') digits++;
    i64 n, part;
    if (digits == 0 || !str_to_i64(str_slice(s, 0, digits), &n)) return false;
    s = str_trim(str_slice(s, digits, s.n));
    const struct unit *found = NULL;
    for (size_t i = 0; i < COUNT_OF(units) && !found; i++)
      if (str_starts(s, str_c(units[i].name))) found = &units[i];
    if (found == NULL || __builtin_mul_overflow(n, found->ms, &part) || __builtin_add_overflow(sum, part, &sum)) return false;
    s = str_trim(str_slice(s, strlen(found->name), s.n));
  }
  *ms = sum;
  return true;
}

static bool ratio_parse(struct str s, struct value *out) {
  struct str rest;
  s = str_trim(s);
  i64 num, den;
  if (str_ends(s, STR("%")) || str_ends(s, STR("％"))) {
    struct str number = str_slice(s, 0, s.n - (str_ends(s, STR("%")) ? 1 : 3));
    if (!decimal_parse(number, 6, &num)) return false;
    *out = value_ratio(num, 100000000);
    return true;
  }
  struct str first = str_cut(s, '/', &rest);
  if (rest.p) {
    if (!str_to_i64(first, &num) || !str_to_i64(rest, &den) || den <= 0) return false;
    *out = value_ratio(num, den);
    return true;
  }
  if (!decimal_parse(s, 6, &num)) return false;
  *out = value_ratio(num, 1000000);
  return true;
}

static bool read_bool(const json_t *json, struct str s, bool *out) {
  if (json_is_boolean(json)) {
    *out = json_is_true(json);
    return true;
  }
  if (str_is(s, "是") || str_is(s, "true") || str_is(s, "yes")) *out = true;
  else if (str_is(s, "否") || str_is(s, "false") || str_is(s, "no")) *out = false;
  else return false;
  return true;
}

static enum status read_list(struct arena *a, const json_t *json, i64 zone_offset_ms, struct value *out, struct problem *p) {
  if (!json_is_array(json)) return wrong(p, "列表", "a list", STR("…"));
  size_t n = json_array_size(json);
  struct value *items = ARENA_ARRAY(a, struct value, n ? n : 1);
  for (size_t i = 0; i < n; i++) {
    enum status status = value_from_json(a, json_array_get(json, i), FIELD_ANY, zone_offset_ms, &items[i], p);
    if (status != OK) return status;
  }
  *out = (struct value){.type = V_LIST, .items = items, .count = n};
  return OK;
}

static enum status read_tagged(struct arena *a, const json_t *json, i64 zone_offset_ms, struct value *out, struct problem *p);

static enum status read_any(struct arena *a, const json_t *json, struct str s, i64 zone_offset_ms, struct value *out, struct problem *p) {
  if (json_is_boolean(json)) *out = value_bool(json_is_true(json));
  else if (json_is_integer(json)) *out = value_int(V_COUNT, json_integer_value(json));
  else if (json_is_string(json)) *out = value_text(arena_dup(a, s));
  else if (json_is_array(json)) return read_list(a, json, zone_offset_ms, out, p);
  else if (json_is_object(json)) return read_tagged(a, json, zone_offset_ms, out, p);
  else return wrong(p, "能用的值", "a value that can be used (no fractions: write them as text)", STR("…"));
  return OK;
}

enum status value_from_json(struct arena *a, const json_t *json, enum event_field_type type, i64 zone_offset_ms,
                            struct value *out, struct problem *p) {
  *out = value_absent();
  if (json == NULL || json_is_null(json)) return OK;
  struct str s = {json_string_value(json), json_string_length(json)};
  if (s.p == NULL) s = STR("");
  bool text = json_is_string(json), integer = json_is_integer(json), truth;
  i64 i = integer ? json_integer_value(json) : 0;
  if (json_is_object(json) && type != FIELD_LIST) return read_tagged(a, json, zone_offset_ms, out, p);
  switch (type) {
    case FIELD_TEXT: case FIELD_ENUM:
      if (integer) *out = value_text(arena_printf(a, "%lld", (long long)i));
      else if (text) *out = value_text(arena_dup(a, s));
      else return wrong(p, "文字", "text", STR("…"));
      return OK;
    case FIELD_MONEY:
      if (integer && !__builtin_mul_overflow(i, 100, &i)) *out = value_int(V_MONEY, i);
      else if (text && money_parse(str_ends(s, STR("元")) ? str_slice(s, 0, s.n - 3) : s, &i)) *out = value_int(V_MONEY, i);
      else return wrong(p, "金额，写成 “429.00”", "money, such as “429.00”", s);
      return OK;
    case FIELD_POINTS:
      if (integer && !__builtin_mul_overflow(i, 100, &i)) *out = value_int(V_POINTS, i);
      else if (text && decimal_parse(str_ends(s, STR("分")) ? str_slice(s, 0, s.n - 3) : s, 2, &i)) *out = value_int(V_POINTS, i);
      else return wrong(p, "分数，写成 “9.50”", "points, such as “9.50”", s);
      return OK;
    case FIELD_DURATION:
      if (!integer && !(text && duration_parse(s, &i))) return wrong(p, "时长，写成毫秒数或 “1分31秒”", "a duration: milliseconds, or “91s”", s);
      *out = value_int(V_DURATION, i);
      return OK;
    case FIELD_INSTANT:
      if (!integer && !(text && instant_parse(s, zone_offset_ms, &i))) return wrong(p, "时刻，写成 “2026-03-05 10:00:00”", "an instant, such as “2026-03-05 10:00:00”", s);
      *out = value_int(V_INSTANT, i);
      return OK;
    case FIELD_DATE:
      if (!text || !date_parse(s, &i)) return wrong(p, "日期，写成 “2026-03-05”", "a date, such as “2026-03-05”", s);
      *out = value_int(V_DATE, i);
      return OK;
    case FIELD_COUNT:
      if (!integer && !(text && str_to_i64(s, &i))) return wrong(p, "整数", "a whole number", s);
      *out = value_int(V_COUNT, i);
      return OK;
    case FIELD_RATIO:
      if (integer) *out = value_ratio(i, 1);
      else if (!text || !ratio_parse(s, out)) return wrong(p, "比率，写成 “1.5%” 或 “3/7”", "a ratio, such as “1.5%” or “3/7”", s);
      return OK;
    case FIELD_BOOL:
      if (!read_bool(json, s, &truth)) return wrong(p, "是或否", "true or false", s);
      *out = value_bool(truth);
      return OK;
    case FIELD_LIST: return read_list(a, json, zone_offset_ms, out, p);
    case FIELD_ANY: return read_any(a, json, s, zone_offset_ms, out, p);
    default: /* references */
      if (integer) *out = value_ref(arena_printf(a, "%lld", (long long)i));
      else if (text) *out = value_ref(arena_dup(a, s));
      else return wrong(p, "编号", "an id", STR("…"));
      return OK;
  }
}

static enum status read_tagged(struct arena *a, const json_t *json, i64 zone_offset_ms, struct value *out, struct problem *p) {
  void *iter = json_object_iter((json_t *)(uintptr_t)json);
  const char *name = iter ? json_object_iter_key(iter) : "";
  const json_t *inner = iter ? json_object_iter_value(iter) : NULL;
  if (json_object_size(json) != 1) return wrong(p, "单个带类型的值", "one value with its type", STR("{…}"));
  static const struct {
    const char *name;
    enum event_field_type type;
  } forms[] = {{"money", FIELD_MONEY}, {"points", FIELD_POINTS}, {"duration", FIELD_DURATION}, {"instant", FIELD_INSTANT},
               {"date", FIELD_DATE}, {"ratio", FIELD_RATIO}, {"ref", FIELD_ID}};
  for (size_t i = 0; i < COUNT_OF(forms); i++)
    if (strcmp(forms[i].name, name) == 0) {
      if (json_is_object(inner)) return wrong(p, "单个带类型的值", "one value with its type", STR("{…}"));
      return value_from_json(a, inner, forms[i].type, zone_offset_ms, out, p);
    }
  for (size_t i = 0; i < COUNT_OF(tags); i++)
    if (strcmp(tags[i].name, name) == 0) {
      i64 n = json_integer_value(inner);
      bool time = tags[i].type == V_TIME && json_is_string(inner) && time_parse(str_c(json_string_value(inner)), &n);
      if (!time && !json_is_integer(inner)) return wrong(p, "整数", "a whole number", str_c(name));
      *out = value_int(tags[i].type, n);
      return OK;
    }
  return wrong(p, "已知的类型", "a known type", str_c(name));
}
