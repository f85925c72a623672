/* A chat log as messengers save it. See chat_log.h. */
#include "channels/chat_log.h"

#include <string.h>

enum { SPEAKER_MOST = 90, TIME_LEAST = 9, TIME_MOST = 30 };

static bool digit(char c) { return c >= '0' && c <= '9'; }

/* Longest time at the start of `s`: its length, or 0. */
static size_t time_at(struct str s, i64 zone_offset_ms, i64 *ms) {
  size_t most = s.n < TIME_MOST ? s.n : TIME_MOST;
  if (most < TIME_LEAST || !digit(s.p[0])) return 0;
  for (size_t n = most; n >= TIME_LEAST; n--) {
    struct str head = str_slice(s, 0, n);
    bool clock = str_find(head, STR(":"), 0) != SIZE_MAX || str_find(head, STR("："), 0) != SIZE_MAX || str_find(head, STR("时"), 0) != SIZE_MAX;
    if (clock && head.p[n - 1] != ' ' && head.p[n - 1] != ':' && text_time(head, zone_offset_ms, ms)) return n;
  }
  return 0;
}

static bool eat(struct str *s, const char *word) {
  struct str w = str_c(word);
  if (!str_starts(*s, w)) return false;
  *s = str_trim(str_slice(*s, w.n, s->n));
  return true;
}

static bool eat_any(struct str *s, const char *a, const char *b) { return eat(s, a) || eat(s, b); }

static bool speaker_fits(struct str s) { return s.n > 0 && s.n <= SPEAKER_MOST; }

/* Time first: "2026-03-05 10:00:12 小王: 你好", "[…] 小王：你好". */
static bool time_first(struct str s, i64 zone, struct chat_message *out) {
  bool bracket = eat_any(&s, "[", "【") || eat_any(&s, "(", "（");
  size_t n = time_at(s, zone, &out->at_ms);
  if (!n) return false;
  s = str_trim(str_slice(s, n, s.n));
  if (bracket && !(eat_any(&s, "]", "】") || eat_any(&s, ")", "）"))) return false;
  size_t colon = str_find(s, STR(":"), 0), wide = str_find(s, STR("："), 0);
  size_t at = colon < wide ? colon : wide, width = colon < wide ? 1 : strlen("：");
  /* A shop's sub-account has a colon of its own: 某店:小王: 你好 */
  if (at != SIZE_MAX) {
    struct str rest = str_slice(s, at + width, s.n);
    size_t next = str_find(rest, STR(": "), 0);
    if (next != SIZE_MAX && next > 0 && next < 40 && str_find(str_slice(rest, 0, next), STR(" "), 0) == SIZE_MAX) at = at + width + next, width = 1;
    out->speaker = str_trim(str_slice(s, 0, at));
    out->text = str_trim(str_slice(s, at + width, s.n));
  } else {
    out->speaker = s;
    out->text = STR("");
  }
  return speaker_fits(out->speaker);
}

/* Name first: "小王(2026-03-05 10:00:12): 你好", "小王 2026-03-05 10:00:12". */
static bool name_first(struct str s, i64 zone, struct chat_message *out) {
  size_t most = s.n < SPEAKER_MOST + 8 ? s.n : SPEAKER_MOST + 8;
  for (size_t i = 1; i < most; i++) {
    if (!digit(s.p[i])) continue;
    struct str before = str_trim(str_slice(s, 0, i)), rest = str_slice(s, i, s.n);
    bool bracket = str_ends(before, STR("(")) || str_ends(before, STR("（")) || str_ends(before, STR("["));
    bool apart = s.p[i - 1] == ' ' || s.p[i - 1] == '\t' || str_ends(str_slice(s, 0, i), STR("\xE3\x80\x80"));
    if (!bracket && !apart) continue;
    size_t n = time_at(rest, zone, &out->at_ms);
    if (!n) continue;
    if (bracket) before = str_trim(str_slice(before, 0, before.n - (str_ends(before, STR("（")) ? strlen("（") : 1)));
    rest = str_trim(str_slice(rest, n, rest.n));
    if (bracket && !(eat_any(&rest, ")", "）") || eat(&rest, "]"))) continue;
    bool colon = eat_any(&rest, ":", "：");
    if (!colon && rest.n) continue;
    out->speaker = before;
    out->text = rest;
    return speaker_fits(before);
  }
  return false;
}

static bool talk_with(struct str s, struct chat_message *out) {
  struct str inner = s;
  while (inner.n && (inner.p[0] == '=' || inner.p[0] == '-' || inner.p[0] == '*')) inner = str_trim(str_slice(inner, 1, inner.n));
  while (inner.n && (inner.p[inner.n - 1] == '=' || inner.p[inner.n - 1] == '-' || inner.p[inner.n - 1] == '*')) inner = str_trim(str_slice(inner, 0, inner.n - 1));
  static const char *const heads[] = {"会话:", "会话：", "买家:", "买家：", "联系人:", "联系人：", "顾客:", "顾客：", "聊天对象:", "聊天对象："};
  for (size_t i = 0; i < COUNT_OF(heads); i++)
    if (eat(&inner, heads[i])) return out->speaker = inner, speaker_fits(inner);
  if (!eat(&inner, "与")) return false;
  size_t end = str_find(inner, STR("的聊天记录"), 0);
  if (end == SIZE_MAX) return false;
  out->speaker = str_trim(str_slice(inner, 0, end));
  return speaker_fits(out->speaker);
}

static bool only_rule(struct str s) {
  for (size_t i = 0; i < s.n; i++)
    if (!strchr("=-*_ ", s.p[i])) return false;
  return true;
}

enum chat_line chat_log_line(struct str line, i64 zone_offset_ms, struct chat_message *out) {
  struct str s = str_trim(line);
  *out = (struct chat_message){.speaker = STR(""), .text = STR("")};
  if (!s.n || (s.n >= 3 && only_rule(s))) return CHAT_BLANK;
  if (time_first(s, zone_offset_ms, out) || name_first(s, zone_offset_ms, out)) return CHAT_MESSAGE;
  if (talk_with(s, out)) return CHAT_WITH;
  out->text = s;
  return CHAT_CONTINUED;
}
