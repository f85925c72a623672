/* `guiju check`, `guiju fmt`, `guiju handbook`: rulebook files on the command line. Messages go to standard output
 * (they are the result); trouble with files goes to standard error. */
#include "app/cmd_rulebook.h"

#include "app/say.h"
#include "base/map.h"
#include "lang/versions.h"
#include "lang/diagnostic.h"
#include "lang/format.h"
#include "lang/handbook.h"
#include "lang/words_json.h"
#include "rules/vocabulary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_CAP = 1024 * 1024 * 1024, OUTPUT_MAX = 64 * 1024 * 1024 };

struct options {
  bool json, english, check_only, write;
  const char *out, *against; /* against: the version in force, for what a change must say */
  const char *files[256];
  size_t file_count;
};

static int usage(const char *text) {
  fprintf(stderr, "usage: guiju %s\n", text);
  return 2;
}

static bool read_options(int argc, char **argv, struct options *o) {
  o->english = say_english();
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--json")) o->json = true;
    else if (!strcmp(argv[i], "--english")) o->english = true;
    else if (!strcmp(argv[i], "--chinese")) o->english = false;
    else if (!strcmp(argv[i], "--check")) o->check_only = true;
    else if (!strcmp(argv[i], "-w")) o->write = true;
    else if (!strcmp(argv[i], "-o") && i + 1 < argc) o->out = argv[++i];
    else if (!strcmp(argv[i], "--against") && i + 1 < argc) o->against = argv[++i];
    else if (argv[i][0] == '-' && argv[i][1]) return false;
    else if (o->file_count < COUNT_OF(o->files)) o->files[o->file_count++] = argv[i];
    else return false;
  }
  return o->file_count > 0;
}

/* The whole file; one byte more than the limit is enough to know that it is too long. */
static bool read_file(struct arena *a, const char *path, struct str *out) {
  FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;
  if (!f) {
    fprintf(stderr, "guiju: %s: %s\n", path, strerror(errno));
    return false;
  }
  char *p = arena_alloc(a, LANG_FILE_MAX + 2);
  size_t n = fread(p, 1, LANG_FILE_MAX + 1, f);
  bool ok = !ferror(f);
  if (f != stdin) fclose(f);
  if (!ok) fprintf(stderr, "guiju: %s: %s\n", path, strerror(errno));
  *out = (struct str){p, n};
  return ok;
}

static bool inventory_knows(void *context, struct str id) { return map_get(context, id) != NULL; }

/* The vocabulary; with the clause inventory that lies beside the book (inventory/clauses.tsv), when there is one. */
static const struct lang_vocabulary *vocabulary_for(struct arena *a, const char *file) {
  struct lang_vocabulary *v = ARENA_NEW(a, struct lang_vocabulary);
  *v = *rules_vocabulary(a);
  const char *slash = strrchr(file, '/');
  struct str path = arena_printf(a, "%.*sinventory/clauses.tsv", slash ? (int)(slash - file + 1) : 0, file);
  FILE *f = fopen(path.p, "rb");
  if (!f) return v;
  struct map *ids = ARENA_NEW(a, struct map);
  map_init(ids, a);
  char line[8192];
  while (fgets(line, sizeof line, f)) {
    struct str rest, id = str_cut(str_c(line), '\t', &rest);
    if (rest.n) map_set_ptr(ids, arena_dup(a, id), ids);
  }
  fclose(f);
  v->covers_known = inventory_knows;
  v->context = ids;
  return v;
}

static enum status read_book(struct arena *a, const char *file, struct str source, struct lang_program **p, struct lang_diagnostics *d) {
  lang_diagnostics_init(d, a);
  enum status status = lang_read(a, source, vocabulary_for(a, file), p, d);
  return status;
}

static void show_messages(const struct lang_diagnostics *d, struct str source, const char *file, bool english, FILE *to) {
  struct buf b;
  buf_init(&b, OUTPUT_MAX);
  lang_diagnostics_text(d, source, str_c(file), english, &b);
  fwrite(buf_str(&b).p, 1, b.n, to);
  buf_release(&b);
}

/* Beside the version it would follow: a rule that counts and changes has to say what it remembers (过渡). */
static enum status check_against(struct arena *a, const char *file, const struct lang_program *next, struct lang_diagnostics *d) {
  struct str source;
  struct lang_program *old;
  struct lang_diagnostics said;
  if (!read_file(a, file, &source)) return E_IO;
  enum status status = read_book(a, file, source, &old, &said);
  if (status != OK) {
    fprintf(stderr, "guiju: %s: %zu ✗\n", file, said.errors);
    return status;
  }
  if (next->header == NULL || old->header == NULL) return OK;
  lang_check_versions(old, next, next->header->has_in_force ? next->header->in_force : next->header->published, d);
  lang_diagnostics_sort(d);
  return d->errors ? E_INVALID : OK;
}

int cmd_check(int argc, char **argv) {
  struct options o = {0};
  if (!read_options(argc, argv, &o)) return usage("check [--json] [--english] [--against OLD] FILE…");
  int result = 0;
  json_t *files = json_array();
  for (size_t i = 0; i < o.file_count; i++) {
    struct arena *a = arena_new(ARENA_CAP);
    struct str source;
    struct lang_program *p;
    struct lang_diagnostics d;
    if (!read_file(a, o.files[i], &source)) {
      result = 2;
    } else {
      enum status status = read_book(a, o.files[i], source, &p, &d);
      if (status == OK && o.against) status = check_against(a, o.against, p, &d);
      if (status != OK && result == 0) result = status == E_IO ? 2 : 1;
      if (o.json) {
        json_t *one = json_object();
        json_object_set_new(one, "file", json_string(o.files[i]));
        json_object_set_new(one, "errors", json_integer((json_int_t)d.errors));
        json_object_set_new(one, "warnings", json_integer((json_int_t)d.warnings));
        json_object_set_new(one, "diagnostics", lang_diagnostics_json(&d, p->source));
        json_array_append_new(files, one);
      } else {
        show_messages(&d, p->source, o.files[i], o.english, stdout);
        printf(o.english ? "%s: %zu clauses, %zu items, %zu errors, %zu warnings\n" : "%s：%zu 条，%zu 项，%zu 个错误，%zu 个提醒\n", o.files[i],
               p->clause_count, p->item_count, d.errors, d.warnings);
      }
    }
    arena_free(a);
  }
  if (o.json) {
    json_dumpf(files, stdout, JSON_INDENT(1));
    putchar('\n');
  }
  json_decref(files);
  return result;
}

static bool write_file(const char *path, struct str text) {
  FILE *f = strcmp(path, "-") ? fopen(path, "wb") : stdout;
  bool ok = f && fwrite(text.p, 1, text.n, f) == text.n;
  if (f) ok = (f == stdout ? fflush(f) : fclose(f)) == 0 && ok;
  if (!ok) fprintf(stderr, "guiju: %s: %s\n", path, strerror(errno));
  return ok;
}

int cmd_fmt(int argc, char **argv) {
  struct options o = {0};
  if (!read_options(argc, argv, &o)) return usage("fmt [--check] [-w] FILE…");
  int result = 0;
  for (size_t i = 0; i < o.file_count; i++) {
    struct arena *a = arena_new(ARENA_CAP);
    struct str source;
    struct buf b;
    buf_init(&b, 2 * LANG_FILE_MAX + 4096);
    if (!read_file(a, o.files[i], &source)) {
      result = 2;
    } else if (lang_format(a, source, &b) != OK) {
      fprintf(stderr, "guiju: %s: %s\n", o.files[i], o.english ? "too large" : "文件太大");
      result = 2;
    } else if (o.check_only) {
      if (!str_eq(buf_str(&b), source)) {
        printf("%s\n", o.files[i]);
        if (!result) result = 1;
      }
    } else if (!write_file(o.write ? o.files[i] : "-", buf_str(&b))) {
      result = 2;
    }
    buf_release(&b);
    arena_free(a);
  }
  return result;
}

int cmd_handbook(int argc, char **argv) {
  struct options o = {0};
  if (!read_options(argc, argv, &o) || o.file_count != 1) return usage("handbook FILE [-o OUT] [--english]");
  struct arena *a = arena_new(ARENA_CAP);
  struct str source;
  struct lang_program *p;
  struct lang_diagnostics d;
  struct buf b;
  int result = 2;
  buf_init(&b, OUTPUT_MAX);
  if (read_file(a, o.files[0], &source)) {
    if (read_book(a, o.files[0], source, &p, &d) != OK) {
      show_messages(&d, p->source, o.files[0], o.english, stderr);
      result = 1;
    } else if (lang_handbook(p, o.english, &b) == OK) {
      result = write_file(o.out ? o.out : "-", buf_str(&b)) ? 0 : 2;
    }
  }
  buf_release(&b);
  arena_free(a);
  return result;
}

int cmd_words(int argc, char **argv) {
  bool json = argc == 2 && !strcmp(argv[1], "--json");
  if (argc > 1 && !json) return usage("words [--json]");
  struct arena *a = arena_new(ARENA_CAP);
  json_t *all = lang_words_json(rules_vocabulary(a)), *one;
  size_t i;
  if (json) {
    char *text = json_dumps(all, JSON_INDENT(1));
    puts(text);
    free(text);
  } else {
    json_array_foreach(json_object_get(all, "words"), i, one) {
      const char *zh = json_string_value(json_object_get(one, "zh")), *en = json_string_value(json_object_get(one, "en"));
      const char *help = json_string_value(json_object_get(json_object_get(one, "help"), say_english() ? "en" : "zh"));
      printf("%s  %s%s%s\n", zh, en, help ? "  " : "", help ? help : "");
    }
  }
  json_decref(all);
  arena_free(a);
  return 0;
}
