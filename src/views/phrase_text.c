/* The words of a phrase: its variables, the first letters of its pinyin, its plain form. */
#include "views/phrase.h"

#include "base/plain_text.h"
#include "views/sound.h"

#include <string.h>

enum { NAME_CHARS_MOST = 12, FORM_LETTERS_LEAST = 4 };

static const struct phrase_variable variables[] = {
    {"customer", {"顾客", "customer", NULL}, "顾客的称呼", "the customer's name"},
    {"me", {"我", "me", "客服", NULL}, "你的姓名", "your name"},
    {"number", {"工号", "number", NULL}, "你的工号", "your job number"},
    {"shop", {"店名", "shop", NULL}, "店铺名称", "the shop's name"},
    {"greeting", {"问候", "greeting", NULL}, "早上好、下午好或晚上好，看现在几点", "good morning, afternoon or evening, by the clock"},
    {"date", {"日期", "date", NULL}, "今天，如 3月5日", "today, as in 5 March"},
    {"time", {"时间", "time", NULL}, "现在，如 14:26", "now, as in 14:26"},
    {"order", {"订单号", "order", "订单", NULL}, "会话旁打开的订单", "the order open beside the conversation"},
    {"goods", {"商品", "goods", NULL}, "那张订单里的商品", "the goods of that order"},
    {"amount", {"金额", "amount", NULL}, "那张订单的金额", "the amount of that order"},
    {"carrier", {"物流公司", "carrier", NULL}, "发货的物流公司", "who carries the parcel"},
    {"tracking", {"物流单号", "tracking", NULL}, "发货单号", "the parcel's tracking number"},
    {"blank", {"填", "blank", NULL}, "留一个空，用的时候自己填", "a blank to fill in each time"},
};

const struct phrase_variable *phrase_variables(size_t *count) {
  *count = COUNT_OF(variables);
  return variables;
}

static bool known(struct str name) {
  for (size_t i = 0; i < COUNT_OF(variables); i++)
    for (size_t k = 0; variables[i].names[k]; k++)
      if (str_is(name, variables[i].names[k])) return true;
  return false;
}

struct str phrase_unknown_variable(struct str text) {
  for (size_t at = 0; at < text.n; at++) {
    if (text.p[at] != '{') continue;
    size_t end = at + 1;
    while (end < text.n && text.p[end] != '{' && text.p[end] != '}') end++;
    if (end == text.n || text.p[end] == '{') continue;
    struct str name = str_trim(str_slice(text, at + 1, end));
    if (name.n && str_code_points(name) <= NAME_CHARS_MOST && !known(name)) return str_slice(text, at, end + 1);
    at = end;
  }
  return STR("");
}

struct str phrase_known_names(struct arena *a, bool english) {
  struct str all = STR("");
  for (size_t i = 0; i < COUNT_OF(variables); i++) all = arena_printf(a, "%.*s%s{%s}", STR_ARG(all), i ? " " : "", variables[i].names[english]);
  return all;
}

/* ---- pinyin ---- */

struct str phrase_pinyin(struct arena *a, struct str text) {
  char *letters = arena_alloc(a, PHRASE_PINYIN_MOST);
  size_t n = 0;
  u32 c;
  for (size_t at = 0; at < text.n && n < PHRASE_PINYIN_MOST;) {
    size_t end = text.p[at] == '{' ? str_find(text, STR("}"), at) : SIZE_MAX;
    if (end != SIZE_MAX) {
      at = end + 1;
      continue;
    }
    at += str_decode(text, at, &c);
    u32 folded = plain_fold(c);
    char letter = folded == 0 ? 0 : folded < 0x80 ? (char)folded : sound_first_letter(folded);
    if (letter) letters[n++] = letter;
  }
  return (struct str){letters, n};
}

struct str phrase_form(struct arena *a, struct str text) {
  struct str plain = plain_form(a, text);
  char *out = arena_alloc(a, plain.n + 1);
  size_t n = 0, letters = 0;
  u32 c;
  for (size_t at = 0; at < plain.n;) {
    size_t step = str_decode(plain, at, &c);
    bool digit = c >= '0' && c <= '9';
    if (!digit || n == 0 || out[n - 1] != '#') {
      memcpy(out + n, digit ? "#" : plain.p + at, digit ? 1 : step);
      n += digit ? 1 : step;
      letters += !digit;
    }
    at += step;
  }
  return letters < FORM_LETTERS_LEAST ? STR("") : (struct str){out, n};
}

bool phrase_visible(const struct lang_program *program, const struct actor *actor, struct str scope, struct str holder) {
  if (str_is(scope, "personal")) return str_eq(holder, actor->id);
  return str_is(scope, "desk") || str_eq(holder, actor->role) || view_may(program, actor, STR("短语.变更"));
}
