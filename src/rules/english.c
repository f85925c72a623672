/* The words the engine itself understands, in the other surface: person.role is 当事人.岗位. A word of the book's own (a field, a
 * figure, a measure) comes first everywhere; only what nothing else explains is looked up here. */
#include "rules/parts.h"

static const struct {
  const char *en;
  enum engine_word word;
} words[] = {
    {"person", W_PERSON}, {"agent", W_AGENT}, {"at", W_AT}, {"date", W_DATE}, {"this", W_THIS}, {"anchor", W_ANCHOR}, {"actor", W_ACTOR},
    {"today", W_TODAY}, {"now", W_NOW}, {"clock", W_CLOCK}, {"everyone", W_EVERYBODY}, {"everybody", W_EVERYBODY}, {"on_shift", W_ON_SHIFT},
    {"superior", W_SUPERIOR}, {"deputy", W_DEPUTY}, {"name", W_NAME}, {"job_number", W_JOB}, {"role", W_ROLE}, {"base_wage", W_WAGE},
    {"seller_note", W_NOTE}, {"flag", W_FLAG}, {"special", W_SPECIAL}, {"fetched", W_FETCHED}, {"customer", W_CUSTOMER}, {"amount", W_AMOUNT},
    {"staff", W_STAFF}, {"state", W_STATE}, {"conversation", W_CONVERSATION}, {"order", W_ORDER}, {"number", W_NUMBER}, {"holder", W_HOLDER},
    {"duration", W_DURATION}, {"paid", W_PURCHASED}, {"employed", W_EMPLOYED}, {"item", W_ITEM}, {"shift", W_SHIFT}, {"case", W_CASE_ID},
    {"is_on_shift", W_ON_SHIFT},
};

sym chinese_of(struct engine *e, sym name) {
  struct str s = intern_str(&e->names, name);
  if (s.n == 0 || (unsigned char)s.p[0] >= 0x80) return 0;
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (str_is(s, words[i].en)) return e->w[words[i].word];
  return 0;
}
