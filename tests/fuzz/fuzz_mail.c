/* Arbitrary bytes as a letter: headers, parts, charsets, pages, histories, reports. Nothing may crash, hang or leak; all that comes
 * out is UTF-8 within its limits. Seeds are tests/fuzz/corpus/mail. */
#include "net/mail.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct str s) { BUG_IF(!str_utf8_valid(s)); }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 64 * 1024) return 0;
  struct arena *a = arena_new((size_t)1 << 30);
  struct str bytes = {(const char *)data, size};
  struct mail m;
  if (mail_read(a, bytes, &m, NULL) == OK) {
    BUG_IF(m.file_count > MAIL_FILES_MOST || m.reference_count > MAIL_REFERENCES_MOST || m.text.n > MAIL_TEXT_MOST);
    const struct str texts[] = {m.id, m.from, m.from_name, m.subject, m.text, m.quoted, m.bounce.id, m.bounce.recipient, m.bounce.code, m.bounce.reason};
    for (size_t i = 0; i < COUNT_OF(texts); i++) check(texts[i]);
    for (size_t i = 0; i < m.file_count; i++) check(m.files[i].name), check(m.files[i].type);
    check(mail_subject_bare(m.subject));
  }
  struct str text = mail_utf8(a, bytes, STR("")), page = mail_html_text(a, text);
  check(text);
  check(page);
  BUG_IF(mail_quote_at(text) > text.n);
  arena_free(a);
  return 0;
}
