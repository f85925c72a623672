/* The parser's frame: tokens, failing, recovery, and the walk over blocks and items.
 *
 * One mistake costs one item: the first error of an item is reported, the rest of the item is skipped, and reading
 * goes on at the next item word at the margin. Inside a case the parts after the mistake are still read. */
#include "lang/parser.h"

#include "lang/book.h"
#include "lang/checker.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct lang_token *lang_peek(const struct lang_parser *p, size_t ahead) {
  return p->i + ahead < p->end ? &p->t[p->i + ahead] : p->stop;
}
bool lang_at_ahead(const struct lang_parser *p, size_t ahead, enum lang_word w) {
  const struct lang_token *t = lang_peek(p, ahead);
  return t->kind == TK_WORD && t->word == w;
}
bool lang_punctuation_ahead(const struct lang_parser *p, size_t ahead, char c) {
  const struct lang_token *t = lang_peek(p, ahead);
  return t->kind == TK_PUNCTUATION && t->punctuation == c;
}
bool lang_at_punctuation(const struct lang_parser *p, char c) { return lang_punctuation_ahead(p, 0, c); }
bool lang_at_kind(const struct lang_parser *p, enum lang_token_kind kind) { return lang_peek(p, 0)->kind == kind; }
bool lang_at_end(const struct lang_parser *p) { return p->i >= p->end; }
bool lang_flag_ahead(const struct lang_parser *p, size_t ahead, unsigned flag) {
  const struct lang_token *t = lang_peek(p, ahead);
  return t->kind == TK_WORD && (lang_word_entry(t->word)->flags & flag);
}
bool lang_name_ahead(const struct lang_parser *p, size_t ahead) {
  const struct lang_token *t = lang_peek(p, ahead);
  return t->kind == TK_WORD && !(lang_word_entry(t->word)->flags & LW_RESERVED);
}

const struct lang_token *lang_next(struct lang_parser *p) {
  const struct lang_token *t = lang_peek(p, 0);
  if (p->i < p->end) p->i++;
  return t;
}
bool lang_accept(struct lang_parser *p, enum lang_word w) {
  if (!lang_at(p, w)) return false;
  p->i++;
  return true;
}
bool lang_accept_punctuation(struct lang_parser *p, char c) {
  if (!lang_at_punctuation(p, c)) return false;
  p->i++;
  return true;
}

struct lang_diagnostic *lang_fail_texts(struct lang_parser *p, struct lang_span at, const char *key, struct str zh, struct str en) {
  if (p->failed) return NULL;
  p->failed = true;
  p->i = p->end;
  return lang_diagnose_texts(p->d, LANG_ERROR, at, key, zh, en);
}
static struct lang_diagnostic *fail_with(struct lang_parser *p, struct lang_span at, const char *key, const char *zh, const char *en,
                                         va_list args) {
  if (p->failed) return NULL;
  if (p->d->count >= LANG_DIAGNOSTICS_MAX) return lang_fail_texts(p, at, key, STR(""), STR(""));
  va_list again;
  va_copy(again, args);
  char zh_text[1200], en_text[1200];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  vsnprintf(zh_text, sizeof zh_text, zh, args); // NOLINT(clang-analyzer-valist.Uninitialized): the caller started it
  vsnprintf(en_text, sizeof en_text, en, again);
#pragma GCC diagnostic pop
  va_end(again);
  return lang_fail_texts(p, at, key, arena_dup(p->arena, str_c(zh_text)), arena_dup(p->arena, str_c(en_text)));
}
struct lang_diagnostic *lang_fail(struct lang_parser *p, const char *key, const char *zh, const char *en, ...) {
  va_list args;
  va_start(args, en);
  struct lang_diagnostic *m = NULL;
  const struct lang_token *t = lang_peek(p, 0);
  if (t->kind == TK_BAD) { /* the lexer has reported it */
    p->failed = true;
    p->i = p->end;
  }
  if (!p->failed) m = fail_with(p, t->at, key, zh, en, args);
  va_end(args);
  return m;
}
struct lang_diagnostic *lang_fail_at(struct lang_parser *p, struct lang_span at, const char *key, const char *zh, const char *en, ...) {
  va_list args;
  va_start(args, en);
  struct lang_diagnostic *m = fail_with(p, at, key, zh, en, args);
  va_end(args);
  return m;
}

/* What stands at the present token, in quotes, for messages. */
static struct str found_text(const struct lang_parser *p, bool english) {
  const struct lang_token *t = lang_peek(p, 0);
  if (t->kind == TK_END) return english ? STR("the end of the item") : STR("本项的结尾");
  struct str s = str_slice(p->program->source, t->at.from, t->at.to);
  if (s.n > 90) return english ? STR("a long text") : STR("一段长文字");
  return arena_printf(p->arena, "“%.*s”", STR_ARG(s));
}
static struct lang_diagnostic *fail_expected(struct lang_parser *p, struct str zh, struct str en) {
  if (p->failed) return NULL;
  if (lang_at_kind(p, TK_BAD)) {
    p->failed = true;
    p->i = p->end;
    return NULL;
  }
  struct str both = str_eq(zh, en) ? STR("") : arena_printf(p->arena, "(%.*s) ", STR_ARG(zh));
  struct str text_zh = arena_printf(p->arena, "这里应当写“%.*s”，读到的是%.*s", STR_ARG(zh), STR_ARG(found_text(p, false)));
  struct str text_en = arena_printf(p->arena, "“%.*s” %.*sis expected here, not %.*s", STR_ARG(en), STR_ARG(both), STR_ARG(found_text(p, true)));
  return lang_fail_texts(p, lang_here(p), "lang.expected", text_zh, text_en);
}
/* 则提醒 for 则 提醒: words that ran together. */
static void repair_run_together(struct lang_parser *p, struct lang_diagnostic *m, struct str text, struct str word) {
  if (!m || !word.n || !str_starts(text, word) || text.n == word.n) return;
  struct str rest = str_slice(text, word.n, text.n);
  lang_diagnostic_repair(p->d, m, "词与词之间空一格：%.*s %.*s", "put a space between the words: %.*s %.*s", STR_ARG(word), STR_ARG(rest));
}
void lang_expect(struct lang_parser *p, enum lang_word w) {
  if (lang_accept(p, w)) return;
  struct str text = lang_at_kind(p, TK_WORD) ? lang_peek(p, 0)->text : STR("");
  repair_run_together(p, fail_expected(p, lang_word_entry(w)->zh, lang_word_entry(w)->en), text, lang_word_entry(w)->zh);
}
void lang_expect_punctuation(struct lang_parser *p, char c) {
  if (lang_accept_punctuation(p, c)) return;
  char room[2] = {c, 0};
  struct str want = c == PU_ARROW ? STR("→") : arena_dup(p->arena, str_c(room));
  fail_expected(p, want, want);
}

bool lang_enter(struct lang_parser *p) {
  if (p->depth >= LANG_NESTING_MAX) {
    lang_fail(p, "lang.too_deep", "嵌套太深（最多 %d 层）：用 所称 或 量 给里面的部分起个名字", "nested too deeply (%d levels at most): name the inner part with a define or a let",
              LANG_NESTING_MAX);
    return false;
  }
  p->depth++;
  return true;
}

struct lang_span lang_here(const struct lang_parser *p) { return lang_peek(p, 0)->at; }
void lang_close(const struct lang_parser *p, struct lang_span *span) {
  if (p->i > 0 && p->t[p->i - 1].at.to > span->from) span->to = p->t[p->i - 1].at.to;
}

void *lang_append(struct arena *a, void *array_pointer, size_t *count, size_t size) {
  char *array;
  memcpy(&array, array_pointer, sizeof array);
  size_t n = *count;
  if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4, 8 …: full */
    char *grown = arena_array(a, n ? n * 2 : 1, size);
    if (n) memcpy(grown, array, n * size);
    array = grown;
    memcpy(array_pointer, &array, sizeof array);
  }
  *count = n + 1;
  return array + n * size;
}

struct lang_item *lang_new_item(struct lang_parser *p, enum lang_item_kind kind) {
  struct lang_program *g = p->program;
  struct lang_item *item = ARENA_NEW(p->arena, struct lang_item);
  item->kind = kind;
  item->index = g->item_count;
  if (g->item_count == p->item_room) g->items = arena_grow(p->arena, g->items, &p->item_room, g->item_count + 1, sizeof(struct lang_item *));
  g->items[g->item_count++] = item;
  return item;
}

static bool is_name(const struct lang_token *t) { return t->kind == TK_WORD && !(lang_word_entry(t->word)->flags & LW_RESERVED); }

/* What a broken item would have declared: the names before its first sign or structural word; all words of things that have parts. */
static void note_broken(struct lang_parser *p, struct lang_clause *clause, size_t from, size_t to, enum lang_item_kind kind) {
  struct lang_broken b = {.kind = kind, .clause = clause, .at = p->t[from].at};
  b.at.to = p->t[to - 1].at.to;
  size_t i = from;
  if (p->t[i].kind == TK_ID) LANG_APPEND(p, b.names.p, b.names.count) = (struct lang_name){p->t[i].text, p->t[i].at}, i++;
  bool item = i < to && p->t[i].kind == TK_WORD && (lang_word_entry(p->t[i].word)->flags & LW_ITEM);
  if (!item) b.kind = LI_NOT_IN_FORCE;
  for (; !item && i < to && i < from + 3; i++) { /* 参数甲 = 3: words that ran together, or a misspelt item word */
    struct str text = p->t[i].kind == TK_WORD ? p->t[i].text : STR("");
    for (int w = 1; w < LW_WORD_COUNT; w++) {
      const struct lang_word_entry *e = lang_word_entry((enum lang_word)w);
      if ((e->flags & LW_ITEM) && str_starts(text, e->zh) && text.n > e->zh.n) LANG_APPEND(p, b.names.p, b.names.count) = (struct lang_name){str_slice(text, e->zh.n, text.n), p->t[i].at};
    }
    if (is_name(&p->t[i])) LANG_APPEND(p, b.names.p, b.names.count) = (struct lang_name){text, p->t[i].at};
  }
  bool parts = b.kind == LI_CASE || b.kind == LI_SURVEY || b.kind == LI_CHECKLIST, head = b.kind != LI_WHEN && b.kind != LI_MUST && b.kind != LI_EACH && b.kind != LI_GATE;
  for (i += item; item && i < to; i++) {
    bool comma = p->t[i].kind == TK_PUNCTUATION && p->t[i].punctuation == ',', let = i > from && p->t[i - 1].kind == TK_WORD && p->t[i - 1].word == LW_LET;
    if (!is_name(&p->t[i]) && !comma) head = false;
    if (is_name(&p->t[i]) && (parts || head || let)) LANG_APPEND(p, b.names.p, b.names.count) = (struct lang_name){p->t[i].text, p->t[i].at};
  }
  LANG_APPEND(p, p->program->broken, p->program->broken_count) = b;
}

/* An item that failed is taken out again: nobody downstream sees half an item. */
static void drop_failed(struct lang_parser *p, size_t first) {
  struct lang_program *g = p->program;
  if (p->failed && g->item_count > first && g->items[first]->kind != LI_CASE) g->item_count = first;
}

/* 凡考勤 → 凡 考勤; 申清 → 申请 */
static void repair_item_word(struct lang_parser *p, struct lang_diagnostic *m, struct str text) {
  struct str prefix = {"", 0}, near = {"", 0};
  for (int w = 1; w < LW_WORD_COUNT; w++) {
    const struct lang_word_entry *e = lang_word_entry((enum lang_word)w);
    if (!(e->flags & LW_ITEM)) continue;
    if (str_starts(text, e->zh) && e->zh.n > prefix.n) prefix = e->zh;
    bool close = str_code_points(text) > 1 && (lang_distance(text, e->zh) == 1 || lang_distance(text, e->en) == 1);
    if (close && str_code_points(e->zh) > 1 && !near.n) near = lang_distance(text, e->zh) == 1 ? e->zh : e->en;
  }
  repair_run_together(p, m, text, prefix);
  if (near.n) lang_diagnostic_repair(p->d, m, "是不是“%.*s”？", "did you mean “%.*s”?", STR_ARG(near));
}

static enum lang_item_kind parse_item(struct lang_parser *p, struct lang_clause *clause) {
  p->failed = false;
  p->depth = 0;
  struct lang_span at = lang_here(p);
  struct str tag = {NULL, 0};
  if (lang_at_kind(p, TK_ID)) tag = lang_next(p)->text;
  if (!lang_flag_ahead(p, 0, LW_ITEM)) {
    struct str text = lang_at_kind(p, TK_WORD) ? lang_peek(p, 0)->text : STR("");
    struct lang_diagnostic *m = lang_fail(p, "lang.not_an_item", "每一项要以项目词开头（如 凡、自、每、申请、单据、参数），这里不是",
                                          "an item begins with one of the item words (when, from, each, request, case, figure …); this does not");
    if (m) repair_item_word(p, m, text);
    if (m) lang_diagnostic_repair(p->d, m, "若是接着上一项，请在行首空两格", "if it goes on with the item above, indent the line");
    return LI_NOT_IN_FORCE;
  }
  size_t first = p->program->item_count;
  struct lang_item *item = lang_new_item(p, LI_HEADER);
  item->tag = tag;
  item->at = at;
  item->clause = clause;
  p->item = item;
  enum lang_word word = lang_next(p)->word;
  lang_parse_item_body(p, item, word);
  if (!p->failed) lang_parse_tails(p, item);
  if (!p->failed && !lang_at_end(p)) {
    const struct lang_token *next = lang_peek(p, 0);
    struct str found = str_slice(p->program->source, next->at.from, next->at.to);
    struct lang_diagnostic *m = lang_fail(p, "lang.left_over", "这一项到“%.*s”之前已经完整，后面的读不懂", "the item is complete before “%.*s”; what follows cannot be read",
                                          STR_ARG(found));
    if (m) lang_diagnostic_repair(p->d, m, "若是新的一项，请另起一行顶格写；若是又一个后果，前面加分号", "a new item starts at the margin of a new line; another consequence needs a semicolon before it");
  }
  size_t last = p->end ? p->end - 1 : 0;
  item->at.to = p->t[last].at.to;
  drop_failed(p, first);
  return item->kind;
}

/* Does this margin token go on with the item above? */
static bool continues(const struct lang_token *t) {
  if (t->kind == TK_PUNCTUATION) return true;
  if (t->kind != TK_WORD) return false;
  return lang_word_entry(t->word)->flags & LW_CONTINUES;
}

static void parse_block(struct lang_parser *p, struct lang_lexer *x, struct lang_block *b) {
  struct lang_tokens tokens = lang_lex(x, b->from, b->to, b->line);
  if (tokens.count > LANG_BLOCK_TOKENS_MAX) {
    struct lang_span at = {(u32)b->from, (u32)b->from, b->line, 1};
    lang_diagnose(p->d, LANG_ERROR, at, "lang.block_too_large", "这一块规则太长（最多 %d 个词）：分到几条里写", "this block is too long (%d words at most): spread it over several clauses", LANG_BLOCK_TOKENS_MAX);
    p->program->unread = true;
    return;
  }
  p->t = tokens.p;
  size_t n = tokens.count - 1;
  for (size_t from = 0; from < n;) {
    size_t to = from + 1;
    while (to < n && !(tokens.p[to].margin && !continues(&tokens.p[to]))) to++;
    p->i = from;
    p->end = to;
    struct lang_token *stop = ARENA_NEW(p->arena, struct lang_token);
    *stop = tokens.p[n];
    stop->at = tokens.p[to - 1].at;
    stop->at.from = stop->at.to;
    p->stop = stop;
    bool bad = false;
    for (size_t k = from; k < to; k++) bad |= tokens.p[k].kind == TK_BAD;
    if (bad && tokens.p[from].kind == TK_BAD) {
      note_broken(p, b->clause, from, to, LI_NOT_IN_FORCE);
      from = to;
      continue;
    }
    enum lang_item_kind kind = parse_item(p, b->clause);
    if (p->failed || bad) note_broken(p, b->clause, from, to, kind);
    from = to;
  }
}

static bool is_rule(enum lang_item_kind kind) {
  return kind == LI_WHEN || kind == LI_MUST || kind == LI_EACH || kind == LI_FORBID || kind == LI_GATE || kind == LI_EXAMPLE || kind == LI_NOT_IN_FORCE;
}

/* Give every clause its items: they stand in the order of the book. What is looked up by name stands together, apart from the many rules. */
static void collect(struct lang_parser *p) {
  struct lang_program *g = p->program;
  g->named = ARENA_ARRAY(p->arena, struct lang_item *, g->item_count + 1);
  for (size_t i = 0; i < g->item_count; i++) {
    g->items[i]->index = i;
    if (!is_rule(g->items[i]->kind)) g->named[g->named_count++] = g->items[i];
  }
  for (size_t c = 0, i = 0; c < g->clause_count; c++) {
    struct lang_clause *clause = g->clauses[c];
    size_t from = i;
    while (i < g->item_count && g->items[i]->clause == clause) i++;
    clause->items = i > from ? g->items + from : NULL;
    clause->item_count = i - from;
  }
}

enum status lang_parse(struct arena *a, struct str source, struct lang_program **out, struct lang_diagnostics *d) {
  struct lang_program *g = ARENA_NEW(a, struct lang_program);
  size_t before = arena_used(a);
  *out = g;
  g->zone_offset_ms = 8 * MS_HOUR;
  if (source.n > LANG_FILE_MAX) {
    lang_diagnose(d, LANG_ERROR, (struct lang_span){0, 0, 1, 1}, "lang.file_too_large", "规矩文件超过 %d MB", "a rulebook may have %d MB at most",
                  LANG_FILE_MAX / 1024 / 1024);
    g->unread = true;
    return E_TOO_LARGE;
  }
  g->source = arena_dup(a, source);
  lang_book_read(a, g, d);
  struct lang_lexer x;
  lang_lexer_init(&x, a, g->source, d);
  struct lang_parser p = {.arena = a, .program = g, .d = d};
  for (size_t b = 0; b < g->block_count; b++) {
    if (arena_used(a) - before > LANG_MEMORY_MAX) {
      lang_diagnose(d, LANG_ERROR, (struct lang_span){(u32)g->blocks[b].from, (u32)g->blocks[b].from, g->blocks[b].line, 1}, "lang.book_too_large",
                    "这本制度的规则太多，从这里起没有读", "this book has too many rules; it was not read from here on");
      g->unread = true;
      break;
    }
    parse_block(&p, &x, &g->blocks[b]);
  }
  size_t zh = 0, en = 0;
  for (size_t i = 0; i < g->item_count; i++) {
    bool ascii = g->items[i]->at.from < g->source.n && (unsigned char)g->source.p[g->items[i]->at.from] < 0x80;
    if (ascii && g->source.p[g->items[i]->at.from] != '#') en++;
    else if (!ascii) zh++;
  }
  g->english = en > zh;
  collect(&p);
  lang_diagnostics_sort(d);
  return d->errors ? E_INVALID : OK;
}
