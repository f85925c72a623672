/* See words_json.h. */
#include "lang/words_json.h"

#include "lang/words.h"

static json_t *text(struct str s) { return json_stringn(s.p ? s.p : "", s.n); }

static const char *group_of(unsigned flags) {
  if (flags & LW_ITEM) return "item";
  if (flags & LW_ACT) return "act";
  if (flags & LW_TAIL) return "tail";
  if (flags & LW_FUNCTION) return "function";
  if (flags & LW_WINDOW) return "window";
  if (flags & LW_PERIOD) return "period";
  if (flags & LW_WEEKDAY) return "weekday";
  return flags & LW_PART ? "part" : "structure";
}

static json_t *words(void) {
  json_t *list = json_array();
  for (int w = LW_NAME + 1; w < LW_WORD_COUNT; w++) {
    const struct lang_word_entry *e = lang_word_entry((enum lang_word)w);
    struct str zh, en;
    json_t *o = json_pack("{s:o,s:o,s:s,s:b}", "zh", text(e->zh), "en", text(e->en), "group", group_of(e->flags), "keyword", (e->flags & LW_RESERVED) != 0);
    json_object_set_new(o, "help", lang_word_help(e->zh, &zh, &en) ? json_pack("{s:o,s:o}", "zh", text(zh), "en", text(en)) : json_null());
    json_array_append_new(list, o);
  }
  return list;
}

static json_t *synonyms(void) {
  json_t *list = json_array();
  struct str spelling;
  enum lang_word word;
  bool english;
  for (size_t i = 0; lang_word_synonym(i, &spelling, &word, &english); i++)
    json_array_append_new(list, json_pack("{s:o,s:o,s:b}", "word", text(spelling), "of", text(lang_word_entry(word)->zh), "english", english));
  return list;
}

static json_t *unit_list(void) {
  json_t *list = json_array();
  const struct lang_unit *u;
  for (size_t i = 0; (u = lang_unit_at(i)) != NULL; i++)
    json_array_append_new(list, json_pack("{s:o,s:s,s:b}", "name", text(u->name), "type", value_type_name_en(u->type), "english", u->english));
  return list;
}

static json_t *glue(void) {
  json_t *list = json_array();
  enum lang_word word;
  for (size_t i = 0; (word = lang_glue_at(i)) != LW_NAME; i++) json_array_append_new(list, text(lang_word_entry(word)->zh));
  return list;
}

static json_t *fields(const struct lang_vocabulary_field *f, size_t n) {
  json_t *list = json_array();
  for (size_t i = 0; i < n; i++) {
    json_t *values = json_array();
    for (size_t k = 0; k < f[i].value_count; k++)
      json_array_append_new(values, json_pack("{s:o,s:o}", "zh", text(f[i].values[k]), "en", text(f[i].values_en ? f[i].values_en[k] : f[i].values[k])));
    json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:o,s:o}", "zh", text(f[i].zh), "en", text(f[i].en), "type", text(lang_type_en(f[i].type)), "type_zh",
                                          text(lang_type_zh(f[i].type)), "values", values));
  }
  return list;
}

static json_t *kinds(const struct lang_vocabulary *v) {
  json_t *list = json_array();
  for (size_t i = 0; v && i < v->kind_count; i++) {
    const struct lang_vocabulary_kind *k = &v->kinds[i];
    json_array_append_new(list, json_pack("{s:o,s:o,s:b,s:b,s:o}", "zh", text(k->zh), "en", text(k->en), "asked", k->asked, "derived", k->derived, "fields",
                                          fields(k->fields, k->field_count)));
  }
  return list;
}

static json_t *nouns(const struct lang_vocabulary *v) {
  json_t *list = json_array();
  for (size_t i = 0; v && i < v->noun_count; i++)
    json_array_append_new(list, json_pack("{s:o,s:o,s:o}", "zh", text(v->nouns[i].zh), "en", text(v->nouns[i].en), "fields", fields(v->nouns[i].fields, v->nouns[i].field_count)));
  return list;
}

json_t *lang_words_json(const struct lang_vocabulary *v) {
  json_t *types = json_array();
  for (int k = LT_TEXT; k <= LT_CASE; k++)
    json_array_append_new(types, json_pack("{s:o,s:o}", "zh", text(lang_type_zh((enum lang_type_kind)k)), "en", text(lang_type_en((enum lang_type_kind)k))));
  return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "words", words(), "synonyms", synonyms(), "units", unit_list(), "glue", glue(), "types", types, "kinds", kinds(v),
                   "nouns", nouns(v));
}
