/* 话术, 禁语, 敬语: words that can be found at all, in a place that has a text, and not both asked for and forbidden. */
#include "lang/checker.h"

#include "base/plain_text.h"

static bool has_text(const struct scope *s) {
  if (s->open || s->event_count == 0) return true;
  for (size_t i = 0; i < s->event_count; i++) {
    if (s->cases[i]) return true;
    for (size_t k = 0; s->kinds[i] && k < s->kinds[i]->field_count; k++)
      if (s->kinds[i]->fields[k].type == LT_TEXT) return true;
  }
  return false;
}

static void check_place(struct checker *c, struct lang_words *w) {
  if (w->has_at) {
    struct scope place = {.needs_window = true};
    lang_check_trigger(c, &w->at_event, &place, false);
    if (!has_text(&place))
      lang_diagnose(c->d, LANG_ERROR, w->at_event.at, "lang.words_no_text", "这件事里没有文字，找不到词", "there is no text in this event to look for words in");
  }
  if (w->per.text.n && !str_is(w->per.text, "会话") && !str_is(w->per.text, "conversation")) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, w->per.at, "lang.words_per", "只能每 会话 算一次，不能每 %.*s", "words are judged once per conversation, not per %.*s", STR_ARG(w->per.text));
    lang_diagnostic_repair(c->d, m, "写 每 会话，或用“于”说明在哪件事里", "write each conversation, or say with “at” in which event");
  }
}

static void check_each_text(struct checker *c, const struct lang_item *item) {
  const struct lang_words *w = item->words;
  for (size_t i = 0; i < w->text_count; i++) {
    struct str plain = plain_form(c->arena, w->texts[i]);
    if (plain.n == 0) {
      lang_diagnose(c->d, LANG_ERROR, item->at, "lang.words_signs", "“%.*s”里没有字，只有标点，找不到", "“%.*s” holds no letters, only signs: it cannot be found", STR_ARG(w->texts[i]));
      continue;
    }
    if (w->kind == LANG_FORBIDDEN && str_code_points(plain) == 1) {
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_WARNING, item->at, "lang.words_short", "禁语“%.*s”只有一个字，几乎每句话都会碰到", "the forbidden word “%.*s” is a single letter: nearly every sentence will hold it", STR_ARG(w->texts[i]));
      lang_diagnostic_repair(c->d, m, "写成整句或整词", "write the whole word or sentence");
    }
    for (size_t k = 0; k < i; k++)
      if (str_eq(plain, plain_form(c->arena, w->texts[k])))
        lang_diagnose(c->d, LANG_WARNING, item->at, "lang.words_twice", "“%.*s”与“%.*s”找起来是同一个词", "“%.*s” and “%.*s” are the same word when they are looked for", STR_ARG(w->texts[i]), STR_ARG(w->texts[k]));
  }
}

/* One word in two items: one message would break both. */
static void check_shared(struct checker *c, const struct lang_item *item, const struct lang_item *other) {
  for (size_t i = 0; i < item->words->text_count; i++) {
    struct str plain = plain_form(c->arena, item->words->texts[i]);
    for (size_t k = 0; plain.n && k < other->words->text_count; k++) {
      if (!str_eq(plain, plain_form(c->arena, other->words->texts[k]))) continue;
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_WARNING, item->at, "lang.words_shared", "禁语“%.*s”在第 %u 行已经有了：一句话要算两次", "the forbidden “%.*s” stands in line %u already: one message would count twice",
                                                STR_ARG(item->words->texts[i]), other->at.line);
      lang_diagnostic_repair(c->d, m, "只留一处", "keep one of the two");
      return;
    }
  }
}

/* What staff are told to say may not hold what they may not say. */
static void check_against(struct checker *c, const struct lang_item *item, const struct lang_item *other) {
  for (size_t i = 0; i < item->words->text_count; i++) {
    struct str bad = plain_form(c->arena, item->words->texts[i]);
    for (size_t k = 0; bad.n && k < other->words->text_count; k++) {
      if (str_find(plain_form(c->arena, other->words->texts[k]), bad, 0) == SIZE_MAX) continue;
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, item->at, "lang.words_both", "禁语“%.*s”在该说的话“%.*s”（第 %u 行）里：既要说又不许说",
                                                "the forbidden “%.*s” stands in “%.*s” (line %u), which is to be said", STR_ARG(item->words->texts[i]), STR_ARG(other->words->texts[k]), other->at.line);
      lang_diagnostic_repair(c->d, m, "改其中一处", "change one of the two");
      return;
    }
  }
}

void lang_check_words(struct checker *c, struct lang_item *item, struct scope *s) {
  struct lang_words *w = item->words;
  check_place(c, w);
  check_each_text(c, item);
  for (size_t i = 0; w->kind == LANG_FORBIDDEN && i < c->p->item_count; i++) {
    const struct lang_item *other = c->p->items[i];
    if (other->kind == LI_WORDS && other->words->kind != LANG_FORBIDDEN) check_against(c, item, other);
    if (other->kind == LI_WORDS && other->words->kind == LANG_FORBIDDEN && other->at.line < item->at.line && !w->has_at && !other->words->has_at) check_shared(c, item, other);
  }
  struct lang_event finding = {.at = item->at};
  struct str *words = ARENA_ARRAY(c->arena, struct str, 2);
  words[0] = STR("会话");
  words[1] = w->kind == LANG_FORBIDDEN ? STR("禁语") : STR("缺语");
  finding.path = (struct lang_path){.segments = words, .count = 2, .text = w->kind == LANG_FORBIDDEN ? STR("会话.禁语") : STR("会话.缺语"), .at = item->at};
  lang_check_event(c, &finding, s, false);
}
