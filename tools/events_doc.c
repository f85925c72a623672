/* Writes the table part of docs/events.md from the vocabulary: every kind, every field, in both languages.
 *
 *   events_doc docs/events.md          puts it between the two marks in the file
 *   events_doc --check docs/events.md  exit 1 when the file does not say what the table says */
#include "events/event_kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const begin_mark = "<!-- kinds: made by tools/events_doc.c -->\n";
static const char *const end_mark = "<!-- end of kinds -->\n";

static void words(struct buf *out, const struct event_word *list) {
  for (size_t i = 0; list && list[i].en; i++) buf_printf(out, "%s`%s` %s", i ? " · " : "", list[i].en, list[i].zh);
}

static void kind(struct buf *out, const struct event_kind *k) {
  buf_printf(out, "\n#### `%s` · `%s`\n%s. / %s。", k->en, k->zh, k->summary_en, k->summary_zh);
  if (k->derived) buf_addc(out, " *Derived by the program, not accepted from outside. / 由系统推出，不接受外来。*");
  if (k->gateable) buf_addc(out, " *May be gated (申请).*");
  buf_addc(out, "\n\n| field | 字段 | type | values |\n| --- | --- | --- | --- |\n");
  for (size_t i = 0; i < k->field_count; i++) {
    const struct event_field *f = &k->fields[i];
    buf_printf(out, "| `%s`%s | `%s` | %s | ", f->en, f->required ? " **!**" : "", f->zh, event_field_type_name(f->type));
    words(out, f->values);
    buf_addc(out, " |\n");
  }
}

static void table(struct buf *out) {
  size_t count;
  const struct event_kind *all = event_kind_all(&count);
  bool *done = calloc(count, sizeof *done);
  BUG_IF(done == NULL);
  buf_printf(out, "\n%zu kinds. **!** marks a required field.\n", count);
  for (size_t i = 0; i < count; i++) {
    if (done[i]) continue;
    buf_printf(out, "\n### %s · %s\n", all[i].noun, event_noun_zh(all[i].noun));
    for (size_t k = i; k < count; k++) {
      if (strcmp(all[k].noun, all[i].noun) != 0) continue;
      kind(out, &all[k]);
      done[k] = true;
    }
  }
  buf_addc(out, "\n");
  free(done);
}

static bool read_file(const char *path, struct buf *b) {
  FILE *f = fopen(path, "r");
  char chunk[65536];
  size_t n;
  if (f == NULL) return false;
  while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) buf_add(b, (struct str){chunk, n});
  fclose(f);
  return true;
}

static bool write_file(const char *path, struct str text) {
  FILE *f = fopen(path, "w");
  if (f == NULL) return false;
  bool fine = fwrite(text.p, 1, text.n, f) == text.n;
  return fclose(f) == 0 && fine;
}

int main(int argc, char **argv) {
  bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
  if (argc != 2 && !check) {
    fputs("usage: events_doc [--check] docs/events.md\n", stderr);
    return 2;
  }
  const char *path = argv[argc - 1];
  struct buf old, made;
  buf_init(&old, (size_t)1 << 24);
  buf_init(&made, (size_t)1 << 24);
  if (!read_file(path, &old)) {
    perror(path);
    return 2;
  }
  size_t from = str_find(buf_str(&old), str_c(begin_mark), 0), to = str_find(buf_str(&old), str_c(end_mark), 0);
  if (from == SIZE_MAX || to == SIZE_MAX || to < from) {
    fprintf(stderr, "%s lacks the marks\n", path);
    return 2;
  }
  from += strlen(begin_mark);
  buf_add(&made, str_slice(buf_str(&old), 0, from));
  table(&made);
  buf_add(&made, str_slice(buf_str(&old), to, old.n));
  bool same = str_eq(buf_str(&old), buf_str(&made));
  if (check && !same) fprintf(stderr, "%s is out of date: run tools/events_doc on it\n", path);
  bool fine = check ? same : same || write_file(path, buf_str(&made));
  buf_release(&old);
  buf_release(&made);
  return fine ? 0 : 1;
}
