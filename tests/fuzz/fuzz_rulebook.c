/* Arbitrary bytes as a rulebook: read, checked, formatted, shown. Nothing may crash, hang or leak; what the formatter
 * writes must read again the same.
 * clang -fsanitize=fuzzer,address,undefined; seeds are tests/fuzz/corpus/rulebook and the books of tests/data. */
#include "lang/diagnostic.h"
#include "lang/format.h"
#include "lang/handbook.h"
#include "lang/program_json.h"
#include "lang/vocabulary.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FIELD(a, b, t) {.zh = {a, sizeof(a) - 1}, .en = {b, sizeof(b) - 1}, .type = t}
static const struct lang_vocabulary_field fields[] = {FIELD("会话", "conversation", LT_CONVERSATION), FIELD("接待人", "agent", LT_PERSON), FIELD("时长", "length", LT_DURATION),
                                                     FIELD("金额", "amount", LT_MONEY), FIELD("首条", "first", LT_BOOL)};
static const struct lang_vocabulary_kind kinds[] = {
    {{"会话.客户消息", sizeof("会话.客户消息") - 1}, {"conversation.customer_spoke", sizeof("conversation.customer_spoke") - 1}, fields, COUNT_OF(fields), true, false},
    {{"考勤.迟到", sizeof("考勤.迟到") - 1}, {"attendance.late", sizeof("attendance.late") - 1}, fields, COUNT_OF(fields), false, true}};
static const struct lang_vocabulary_noun nouns[] = {{{"订单", sizeof("订单") - 1}, {"order", 5}, LT_ORDER, fields, COUNT_OF(fields)}};
static const struct lang_vocabulary vocabulary = {.kinds = kinds, .kind_count = COUNT_OF(kinds), .nouns = nouns, .noun_count = COUNT_OF(nouns)};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 64 * 1024) return 0;
  struct arena *a = arena_new((size_t)1 << 30);
  struct lang_diagnostics d;
  struct lang_program *p;
  struct str source = {(const char *)data, size};
  lang_diagnostics_init(&d, a);
  enum status status = lang_parse(a, source, &p, &d);
  status = lang_check(a, p, &vocabulary, &d);
  struct buf out, once, twice;
  buf_init(&out, (size_t)256 << 20);
  buf_init(&once, 1 << 22);
  buf_init(&twice, 1 << 22);
  lang_diagnostics_text(&d, p->source, STR("x"), size & 1, &out);
  json_decref(lang_diagnostics_json(&d, p->source));
  if (lang_format(a, source, &once) == OK && str_utf8_valid(source)) {
    BUG_IF(lang_format(a, buf_str(&once), &twice) != OK);
    BUG_IF(!str_eq(buf_str(&once), buf_str(&twice)));
  }
  if (status == OK) {
    json_decref(lang_program_json(p, 20000));
    out.n = 0;
    BUG_IF(lang_handbook(p, size & 1, &out) != OK);
  }
  buf_release(&out);
  buf_release(&once);
  buf_release(&twice);
  arena_free(a);
  return 0;
}
