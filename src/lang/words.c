/* The word table and the units. Spellings come from words.h only; this file makes them findable. */
#include "lang/words.h"

#include <string.h>

static const struct lang_word_entry entries[LW_WORD_COUNT] = {
    {{"", 0}, {"", 0}, LW_NAME, 0},
#define LANG_WORD_ROW(id, zh_text, en_text, word_flags) \
  {{zh_text, sizeof(zh_text) - 1}, {en_text, sizeof(en_text) - 1}, LW_##id, word_flags},
    LANG_WORDS(LANG_WORD_ROW)
#undef LANG_WORD_ROW
};

/* Further spellings. */
static const struct {
  const char *spelling;
  enum lang_word word;
  bool english;
} synonyms[] = {
    {"every", LW_EACH, true},        {"per", LW_EACH, true},           {"overdue", LW_OVERDUE, true},
    {"until", LW_TO, true},          {"lacks", LW_NONE, true},         {"has", LW_HAS, true},
    {"opens", LW_OPEN, true},        {"日", LW_DAY, false},            {"逾", LW_OVERDUE, false},
    {"at least", LW_AT_LEAST, true}, {"at most", LW_AT_MOST, true},    {"more than", LW_MORE_THAN, true},
    {"less than", LW_LESS_THAN, true}, {"not in force", LW_NOT_IN_FORCE, true}, {"no later than", LW_NOT_LATER, true},
    {"no earlier than", LW_NOT_EARLIER, true}, {"carry", LW_TRANSITION, true}, {"本月", LW_THIS_MONTH, false},
    {"上自然月", LW_LAST_MONTH, false},
};
enum { SYNONYMS = COUNT_OF(synonyms), TABLE_SIZE = 2048 };

const struct lang_word_entry *lang_word_entry(enum lang_word word) { return &entries[word]; }

/* A slot holds 1 + index: words in Chinese, then words in English, then synonyms. */
static struct str slot_spelling(size_t index, enum lang_word *word, bool *english) {
  if (index < 2 * (size_t)LW_WORD_COUNT) {
    const struct lang_word_entry *e = &entries[index % LW_WORD_COUNT];
    *word = e->word;
    *english = index >= LW_WORD_COUNT;
    return *english ? e->en : e->zh;
  }
  *word = synonyms[index - 2 * LW_WORD_COUNT].word;
  *english = synonyms[index - 2 * LW_WORD_COUNT].english;
  return str_c(synonyms[index - 2 * LW_WORD_COUNT].spelling);
}

void lang_words_init(struct lang_word_table *t, struct arena *a) {
  t->mask = TABLE_SIZE - 1;
  t->slots = ARENA_ARRAY(a, u32, TABLE_SIZE);
  for (size_t i = 0; i < 2 * (size_t)LW_WORD_COUNT + SYNONYMS; i++) {
    enum lang_word word;
    bool english;
    struct str s = slot_spelling(i, &word, &english);
    if (!s.n) continue;
    size_t at = str_hash(s) & t->mask;
    while (t->slots[at]) at = (at + 1) & t->mask;
    t->slots[at] = (u32)i + 1;
  }
}

enum lang_word lang_words_find(const struct lang_word_table *t, struct str spelling, bool *english) {
  for (size_t at = str_hash(spelling) & t->mask; t->slots[at]; at = (at + 1) & t->mask) {
    enum lang_word word;
    bool en;
    if (!str_eq(slot_spelling(t->slots[at] - 1, &word, &en), spelling)) continue;
    if (english) *english = en;
    return word;
  }
  return LW_NAME;
}

#define UNIT(text, type, scale) {{text, sizeof(text) - 1}, scale, type, false}
#define UNIT_EN(text, type, scale) {{text, sizeof(text) - 1}, scale, type, true}
/* Longest first within a common beginning. */
static const struct lang_unit units[] = {
    UNIT("亿元", V_MONEY, 10000000000), UNIT("万元", V_MONEY, 1000000), UNIT("元", V_MONEY, 100), UNIT("角", V_MONEY, 10),
    UNIT("毫秒", V_DURATION, 1), UNIT("秒", V_DURATION, MS_SECOND), UNIT("分钟", V_DURATION, MS_MINUTE),
    UNIT("小时", V_DURATION, MS_HOUR), UNIT("个小时", V_DURATION, MS_HOUR), UNIT("分", V_POINTS, 100),
    UNIT("个工作日", V_WORKDAYS, 1), UNIT("工作日", V_WORKDAYS, 1), UNIT("个自然日", V_DAYS, 1), UNIT("自然日", V_DAYS, 1),
    UNIT("天", V_DAYS, 1), UNIT("日", V_DAYS, 1), UNIT("个周", V_DAYS, 7), UNIT("周", V_DAYS, 7),
    UNIT("个自然月", V_MONTHS, 1), UNIT("自然月", V_MONTHS, 1), UNIT("个月", V_MONTHS, 1), UNIT("月", V_MONTHS, 1),
    UNIT("个季度", V_MONTHS, 3), UNIT("季度", V_MONTHS, 3), UNIT("年", V_MONTHS, 12), UNIT("%", V_RATIO, 100),
    UNIT("％", V_RATIO, 100), UNIT("倍", V_COUNT, 1), UNIT("位流水", V_COUNT, 1),
#define COUNTED(text) UNIT(text, V_COUNT, 1)
    COUNTED("会话"), COUNTED("步骤"), COUNTED("次"), COUNTED("个"), COUNTED("件"), COUNTED("人"), COUNTED("字"), COUNTED("条"),
    COUNTED("单"), COUNTED("份"), COUNTED("张"), COUNTED("户"), COUNTED("声"), COUNTED("名"), COUNTED("位"), COUNTED("家"),
    COUNTED("组"), COUNTED("轮"), COUNTED("期"), COUNTED("遍"), COUNTED("项"), COUNTED("级"), COUNTED("档"), COUNTED("班"),
    COUNTED("晚"), COUNTED("步"), COUNTED("套"), COUNTED("店"), COUNTED("盒"), COUNTED("笔"), COUNTED("题"), COUNTED("款"),
    COUNTED("格"), COUNTED("间"), COUNTED("台"),
    UNIT_EN("working days", V_WORKDAYS, 1), UNIT_EN("working day", V_WORKDAYS, 1), UNIT_EN("min", V_DURATION, MS_MINUTE),
    UNIT_EN("ms", V_DURATION, 1), UNIT_EN("s", V_DURATION, MS_SECOND), UNIT_EN("h", V_DURATION, MS_HOUR),
    UNIT_EN("days", V_DAYS, 1), UNIT_EN("day", V_DAYS, 1), UNIT_EN("d", V_DAYS, 1), UNIT_EN("weeks", V_DAYS, 7),
    UNIT_EN("week", V_DAYS, 7), UNIT_EN("months", V_MONTHS, 1), UNIT_EN("month", V_MONTHS, 1),
    UNIT_EN("years", V_MONTHS, 12), UNIT_EN("year", V_MONTHS, 12), UNIT_EN("times", V_COUNT, 1),
    UNIT_EN("pts", V_POINTS, 100), UNIT_EN("pt", V_POINTS, 100), UNIT_EN("x", V_COUNT, 1), UNIT_EN("chars", V_COUNT, 1),
    UNIT_EN("pieces", V_COUNT, 1),
};

const struct lang_unit *lang_unit_prefix(struct str s, bool english) {
  const struct lang_unit *best = NULL;
  for (size_t i = 0; i < COUNT_OF(units); i++) {
    if (units[i].english != english || !str_starts(s, units[i].name)) continue;
    if (!best || units[i].name.n > best->name.n) best = &units[i];
  }
  return best;
}

const struct lang_unit *lang_unit_at(size_t index) { return index < COUNT_OF(units) ? &units[index] : NULL; }

bool lang_word_synonym(size_t index, struct str *spelling, enum lang_word *word, bool *english) {
  if (index >= SYNONYMS) return false;
  *spelling = str_c(synonyms[index].spelling);
  *word = synonyms[index].word;
  *english = synonyms[index].english;
  return true;
}

static const enum lang_word glue[] = {LW_AND_LATER, LW_OR_MORE, LW_OR_LESS, LW_OR_WITHIN, LW_LESS_THAN, LW_EVERY_FULL, LW_MORE_THAN, LW_AT_MOST,
                                      LW_IN, LW_BEFORE, LW_AFTER, LW_START, LW_TO, LW_EACH, LW_NTH};

enum lang_word lang_glue_at(size_t index) { return index < COUNT_OF(glue) ? glue[index] : LW_NAME; }

enum lang_word lang_glue_prefix(struct str s, size_t *length) {
  for (size_t i = 0; i < COUNT_OF(glue); i++) {
    struct str zh = entries[glue[i]].zh;
    if (!str_starts(s, zh)) continue;
    *length = zh.n;
    return glue[i];
  }
  *length = 0;
  return LW_NAME;
}
