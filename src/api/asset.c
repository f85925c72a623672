/* Web files in memory: found by path with a map, answered with the smallest form that the client takes. */
#include "api/asset.h"

#include "base/log.h"
#include "base/map.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ASSET_ARENA = 256 * 1024 * 1024, ASSET_FILE_MOST = 32 * 1024 * 1024, ASSET_DEPTH_MOST = 8, HASH_LEAST = 8 };

struct asset_set {
  struct arena *arena;
  struct map by_path;
};

const char *asset_type(struct str path) {
  static const struct {
    const char *suffix, *type;
  } types[] = {
      {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"}, {".json", "application/json"}, {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"}, {".png", "image/png"}, {".jpg", "image/jpeg"}, {".webp", "image/webp"}, {".ico", "image/x-icon"},
      {".woff2", "font/woff2"}, {".txt", "text/plain; charset=utf-8"}, {".map", "application/json"}, {".mp3", "audio/mpeg"}, {".ogg", "audio/ogg"},
      {".wav", "audio/wav"},
  };
  for (size_t i = 0; i < COUNT_OF(types); i++)
    if (str_ends(path, str_c(types[i].suffix))) return types[i].type;
  return "application/octet-stream";
}

/* "name-4f3a9bc1.js": a build hash stands between '-' and the suffix, in the folder of built files. */
static bool hashed(struct str path) {
  if (!str_starts(path, STR("/assets/"))) return false;
  size_t dash = SIZE_MAX, dot = SIZE_MAX;
  for (size_t i = 0; i < path.n; i++) {
    if (path.p[i] == '.' && dot == SIZE_MAX) dot = i;
    if (path.p[i] == '-' && dot == SIZE_MAX) dash = i;
  }
  /* A build hash may itself hold a '-', so any eight characters before the suffix do. */
  return dash != SIZE_MAX && dot != SIZE_MAX && dot > HASH_LEAST && str_find(str_slice(path, 0, dot), STR("-"), 0) + HASH_LEAST < dot;
}

static struct asset *add(struct asset_set *s, struct str path) {
  bool fresh;
  struct map_entry *e = map_put(&s->by_path, path, &fresh);
  if (fresh) {
    struct asset *a = ARENA_NEW(s->arena, struct asset);
    a->path = path;
    a->type = asset_type(path);
    a->forever = hashed(path);
    e = map_get(&s->by_path, path);
    e->ptr = a;
  }
  return e->ptr;
}

static void finish(struct asset_set *s) {
  for (size_t i = 0; i < s->by_path.n; i++) {
    struct asset *a = s->by_path.entries[i].ptr;
    if (a->form[ASSET_PLAIN].p == NULL) {
      map_remove(&s->by_path, a->path);
      continue;
    }
    snprintf(a->etag, sizeof a->etag, "\"%016llx\"", (unsigned long long)str_hash(a->form[ASSET_PLAIN]));
  }
}

static struct asset_set *set_new(void) {
  struct arena *a = arena_new(ASSET_ARENA);
  struct asset_set *s = ARENA_NEW(a, struct asset_set);
  s->arena = a;
  map_init(&s->by_path, a);
  return s;
}

struct asset_set *asset_set_embedded(const struct asset_embedded *files, size_t count) {
  struct asset_set *s = set_new();
  for (size_t i = 0; i < count; i++) {
    struct asset *a = add(s, str_c(files[i].path));
    for (int f = 0; f < ASSET_FORM_COUNT; f++) a->form[f] = (struct str){(const char *)files[i].form[f], files[i].size[f]};
  }
  finish(s);
  return s;
}

static enum status read_file(struct asset_set *s, const char *name, struct str *out) {
  FILE *f = fopen(name, "rbe");
  if (f == NULL) return E_IO;
  struct stat st;
  enum status status = fstat(fileno(f), &st) == 0 && st.st_size <= ASSET_FILE_MOST ? OK : E_TOO_LARGE;
  if (status == OK) {
    char *p = arena_alloc(s->arena, (size_t)st.st_size + 1);
    if (fread(p, 1, (size_t)st.st_size, f) != (size_t)st.st_size) status = E_IO;
    *out = (struct str){p, (size_t)st.st_size};
  }
  fclose(f);
  return status;
}

static void take_file(struct asset_set *s, const char *name, struct str path) {
  enum asset_form form = str_ends(path, STR(".br")) ? ASSET_BROTLI : str_ends(path, STR(".gz")) ? ASSET_GZIP : ASSET_PLAIN;
  if (form != ASSET_PLAIN) path.n -= 3;
  struct str content;
  if (read_file(s, name, &content) != OK) {
    log_warn("cannot read the web file %s", name);
    return;
  }
  add(s, arena_dup(s->arena, path))->form[form] = content;
}

static enum status walk(struct asset_set *s, const char *dir, struct str prefix, int depth) {
  DIR *d = depth > ASSET_DEPTH_MOST ? NULL : opendir(dir);
  if (d == NULL) return E_IO;
  for (struct dirent *e; (e = readdir(d)) != NULL;) {
    if (e->d_name[0] == '.') continue;
    struct str name = arena_printf(s->arena, "%s/%s", dir, e->d_name);
    struct str path = arena_printf(s->arena, "%.*s/%s", STR_ARG(prefix), e->d_name);
    struct stat st;
    if (stat(name.p, &st) != 0) continue;
    if (S_ISDIR(st.st_mode)) {
      if (walk(s, name.p, path, depth + 1) != OK) log_warn("cannot read the web folder %s", name.p);
    } else if (S_ISREG(st.st_mode)) {
      take_file(s, name.p, path);
    }
  }
  closedir(d);
  return OK;
}

enum status asset_set_from_directory(const char *dir, struct asset_set **out, struct problem *p) {
  struct asset_set *s = set_new();
  if (walk(s, dir, STR(""), 0) != OK) {
    asset_set_free(s);
    return problem_set(p, E_IO, "asset.directory", "无法读取网页目录“%s”", "Cannot read the web directory “%s”", dir);
  }
  finish(s);
  *out = s;
  return OK;
}

void asset_set_free(struct asset_set *s) {
  if (s) arena_free(s->arena);
}

const struct asset *asset_find(const struct asset_set *s, struct str path) { return s ? map_ptr(&s->by_path, path) : NULL; }
const struct asset *asset_at(const struct asset_set *s, size_t index) {
  for (size_t i = 0; i < s->by_path.n; i++)
    if (!s->by_path.entries[i].gone && index-- == 0) return s->by_path.entries[i].ptr;
  return NULL;
}

size_t asset_count(const struct asset_set *s) { return s ? s->by_path.live : 0; }

/* Is `name` in a list like "gzip, deflate, br;q=0.5", and not with q=0? */
static bool accepts(struct str header, const char *name) {
  while (header.n > 0) {
    struct str rest, quality, item = str_trim(str_cut(header, ',', &rest));
    struct str coding = str_trim(str_cut(item, ';', &quality));
    if (str_is(coding, name)) {
      struct str q = str_trim(quality);
      return !(str_is(q, "q=0") || str_is(q, "q=0.0") || str_is(q, "q=0.00") || str_is(q, "q=0.000"));
    }
    header = rest;
  }
  return false;
}

enum asset_form asset_choose(const struct asset *a, struct str accept_encoding) {
  if (a->form[ASSET_BROTLI].n > 0 && accepts(accept_encoding, "br")) return ASSET_BROTLI;
  if (a->form[ASSET_GZIP].n > 0 && accepts(accept_encoding, "gzip")) return ASSET_GZIP;
  return ASSET_PLAIN;
}
