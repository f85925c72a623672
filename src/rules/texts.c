/* The words of messages are most of the bytes of a log, and few books read them: an engine keeps them only for a book that does. */
#include "lang/lexer.h"
#include "rules/parts.h"

#include <string.h>

bool is_message_text(const struct event_kind *kind, size_t field) {
  if (strcmp(kind->noun, "conversation") != 0 || kind->fields[field].type != FIELD_TEXT) return false;
  return strcmp(kind->fields[field].zh, "文") == 0 || strcmp(kind->fields[field].zh, "原文") == 0;
}

static bool is_text_word(struct str s) { return str_is(s, "文") || str_is(s, "原文") || str_is(s, "text") || str_is(s, "old"); }
static bool is_talk_word(struct str s) { return str_is(s, "会话") || str_is(s, "conversation"); }

/* Does a definition that the word names speak of conversations? */
static bool defines_talk(const struct lang_program *p, struct str word) {
  for (size_t i = 0; i < p->item_count; i++) {
    const struct lang_item *item = p->items[i];
    if (item->kind != LI_DEFINE || !str_eq(item->define->name.text, word)) continue;
    struct str text = lang_text(p, item->at);
    return str_find(text, STR("会话"), 0) != SIZE_MAX || str_find(text, STR("conversation"), 0) != SIZE_MAX;
  }
  return false;
}

bool program_reads_texts(const struct lang_program *p) {
  struct arena *a = arena_new(LANG_MEMORY_MAX), *tokens = arena_new(LANG_MEMORY_MAX); /* the words of the language; one item's tokens */
  struct lang_lexer x;
  bool reads = false;
  lang_lexer_init(&x, a, p->source, NULL);
  for (size_t i = 0; i < p->item_count && !reads; i++) {
    const struct lang_item *item = p->items[i];
    if (item->kind == LI_EXAMPLE || item->kind == LI_WORDS || item->kind == LI_SURVEY) continue;
    arena_reset(tokens);
    x.arena = tokens;
    struct lang_tokens t = lang_lex(&x, item->at.from, item->at.to, item->at.line);
    bool text = false, talk = false;
    for (size_t k = 0; k < t.count; k++) {
      if (t.p[k].kind != TK_WORD) continue;
      bool type = k > 0 && t.p[k - 1].kind == TK_PUNCTUATION && t.p[k - 1].punctuation == ':'; /* 字段 内容!: 文 */
      text |= !type && is_text_word(t.p[k].text);
      talk |= is_talk_word(t.p[k].text) || defines_talk(p, t.p[k].text);
    }
    reads = text && talk;
  }
  arena_free(tokens);
  arena_free(a);
  return reads;
}
