/* The words that several files share, and the choice between the two languages. See words.h. */
#include "reports/words.h"

#include "views/show.h"

#include <string.h>

enum { NAME_ROOM = 64 };

const char *report_yes_no(bool yes, bool english) {
  static const struct report_word words[] = {{"否", "No"}, {"是", "Yes"}};
  return report_word(words[yes], english);
}

void report_columns(json_t *report, const struct report_column *columns, size_t count) {
  json_t *list = json_object_get(report, "columns");
  for (size_t i = 0; i < count; i++)
    json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s}", "key", columns[i].key, "title", columns[i].head.zh, "title_en", columns[i].head.en, "type", columns[i].type));
}

bool report_english(struct read_ctx *r, const json_t *query) { return str_is(show_arg(r->arena, query, "language"), "en"); }

const char *report_text(const json_t *o, const char *name, bool english) {
  char other[NAME_ROOM];
  snprintf(other, sizeof other, "%s_en", name);
  const char *en = english ? json_string_value(json_object_get(o, other)) : NULL, *zh = json_string_value(json_object_get(o, name));
  return en && *en ? en : zh ? zh : "";
}

struct str report_channel(struct str channel, bool english) {
  static const struct report_word known[] = {{"网页", "Web"},   {"网页留言", "Web message"}, {"邮件", "Mail"},  {"微信", "WeChat"},    {"电话", "Phone"},
                                             {"导入", "Imported"}, {"天猫", "Tmall"},           {"淘宝", "Taobao"}, {"小程序", "Mini app"}};
  for (size_t i = 0; english && i < COUNT_OF(known); i++)
    if (str_is(channel, known[i].zh)) return str_c(known[i].en);
  return channel;
}

struct str report_customer(struct arena *a, struct str name, bool english) {
  static const struct str given = {"访客 ", sizeof "访客 " - 1};
  i64 number;
  if (!english || !str_starts(name, given)) return name;
  struct str rest = str_slice(name, given.n, name.n);
  return str_to_i64(rest, &number) ? arena_printf(a, "Visitor %.*s", STR_ARG(rest)) : name;
}
