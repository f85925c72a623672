/* Texts of the web. Everything here is a pure function of its input, so that it can be tested and fuzzed alone. */
#include "net/path.h"

#include <string.h>
#include <strings.h>

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool path_decode(struct arena *a, struct str in, bool plus, struct str *out) {
  char *p = arena_alloc(a, in.n + 1);
  size_t n = 0;
  for (size_t i = 0; i < in.n; i++) {
    char c = in.p[i];
    if (c == '%') {
      if (in.n - i < 3) return false;
      int high = hex_digit(in.p[i + 1]), low = hex_digit(in.p[i + 2]);
      if (high < 0 || low < 0) return false;
      c = (char)(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus) {
      c = ' ';
    }
    if (c == '\0') return false;
    p[n++] = c;
  }
  *out = (struct str){p, n};
  return str_utf8_valid(*out);
}

struct str path_encode(struct arena *a, struct str in) {
  static const char digits[] = "0123456789ABCDEF";
  char *p = arena_alloc(a, in.n * 3 + 1);
  size_t n = 0;
  for (size_t i = 0; i < in.n; i++) {
    unsigned char c = (unsigned char)in.p[i];
    bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c != 0 && strchr("-._~", c));
    if (plain) {
      p[n++] = (char)c;
    } else {
      p[n++] = '%';
      p[n++] = digits[c >> 4];
      p[n++] = digits[c & 15];
    }
  }
  return (struct str){p, n};
}

bool path_resolve(struct arena *a, struct str path, struct str *out) {
  if (path.n == 0 || path.p[0] != '/' || !str_utf8_valid(path) || memchr(path.p, 0, path.n)) return false;
  char *p = arena_alloc(a, path.n + 1);
  size_t n = 0;
  struct str rest = str_slice(path, 1, path.n);
  bool more = true, slash = path.p[path.n - 1] == '/';
  while (more) {
    struct str part = str_cut(rest, '/', &rest);
    more = rest.p != NULL;
    if (part.n == 0 || str_is(part, ".")) continue;
    if (str_is(part, "..")) {
      if (n == 0) return false;
      while (p[--n] != '/') continue;
      continue;
    }
    p[n++] = '/';
    memcpy(p + n, part.p, part.n);
    n += part.n;
  }
  if (n == 0 || (slash && p[n - 1] != '/')) p[n++] = '/';
  *out = (struct str){p, n};
  return true;
}

bool path_next_query(struct arena *a, struct str *rest, struct str *name, struct str *value) {
  while (rest->n > 0) {
    struct str raw = str_cut(*rest, '&', rest), raw_value;
    struct str raw_name = str_cut(raw, '=', &raw_value);
    if (raw_value.p == NULL) raw_value = STR("");
    if (raw_name.n > 0 && path_decode(a, raw_name, true, name) && path_decode(a, raw_value, true, value)) return true;
  }
  return false;
}

struct str path_cookie(struct str header, struct str name) {
  while (header.n > 0) {
    struct str pair = str_trim(str_cut(header, ';', &header)), value;
    struct str found = str_cut(pair, '=', &value);
    if (value.p != NULL && str_eq(found, name)) return value;
  }
  return STR("");
}

int path_match(struct str pattern, struct str path, struct str *names, struct str *values, int most) {
  int count = 0;
  for (;;) {
    struct str want = str_cut(pattern, '/', &pattern), have = str_cut(path, '/', &path);
    if (want.n > 1 && want.p[0] == ':') {
      struct str name = str_slice(want, 1, want.n);
      size_t dot = str_find(name, STR("."), 0);
      if (dot != SIZE_MAX) {
        struct str suffix = str_slice(name, dot, name.n);
        if (have.n <= suffix.n || !str_ends(have, suffix)) return -1;
        have.n -= suffix.n;
        name.n = dot;
      }
      if (have.n == 0 || count == most) return -1;
      names[count] = name;
      values[count++] = have;
    } else if (!str_eq(want, have)) {
      return -1;
    }
    if ((pattern.p == NULL) != (path.p == NULL)) return -1;
    if (pattern.p == NULL) return count;
  }
}

/* The value of a parameter of a header: name="value" or name=value. */
static struct str parameter(struct str header, const char *name) {
  size_t at = 0, length = strlen(name);
  while ((at = str_find(header, (struct str){name, length}, at)) != SIZE_MAX) {
    bool start = at == 0 || header.p[at - 1] == ';' || header.p[at - 1] == ' ';
    size_t from = at + length;
    at = from;
    if (!start || from >= header.n || header.p[from] != '=') continue;
    from++;
    char stop = ';';
    if (from < header.n && header.p[from] == '"') {
      stop = '"';
      from++;
    }
    size_t to = from;
    while (to < header.n && header.p[to] != stop) to++;
    return str_slice(header, from, to);
  }
  return (struct str){NULL, 0};
}

static bool header_is(struct str line, const char *name, struct str *value) {
  size_t n = strlen(name);
  if (line.n <= n || strncasecmp(line.p, name, n) != 0 || line.p[n] != ':') return false;
  *value = str_trim(str_slice(line, n + 1, line.n));
  return true;
}

static void read_part_head(struct str head, struct path_part *part) {
  struct str value;
  while (head.n > 0) {
    struct str line = str_trim(str_cut(head, '\n', &head));
    if (header_is(line, "Content-Disposition", &value)) {
      struct str name = parameter(value, "filename");
      part->name = parameter(value, "name");
      part->file = name.p != NULL;
      if (part->file) part->file_name = name;
    } else if (header_is(line, "Content-Type", &value)) {
      part->type = value;
    }
  }
}

bool path_next_part(struct arena *a, struct str content_type, struct str body, size_t *at, struct path_part *out) {
  struct str boundary = parameter(content_type, "boundary");
  if (boundary.n == 0 || boundary.n > 70) return false;
  struct str mark = arena_printf(a, "--%.*s", STR_ARG(boundary)), end = arena_printf(a, "\r\n--%.*s", STR_ARG(boundary));
  size_t from = str_find(body, mark, *at);
  if (from == SIZE_MAX) return false;
  from += mark.n;
  if (str_starts(str_slice(body, from, body.n), STR("--"))) return false;
  size_t head_end = str_find(body, STR("\r\n\r\n"), from);
  if (head_end == SIZE_MAX) return false;
  size_t content_end = str_find(body, end, head_end + 2);
  if (content_end == SIZE_MAX) return false;
  *out = (struct path_part){STR(""), STR(""), STR(""), str_slice(body, head_end + 4 < content_end ? head_end + 4 : content_end, content_end), false};
  read_part_head(str_slice(body, from, head_end), out);
  *at = content_end + 2;
  return true;
}

bool path_multipart(struct arena *a, struct str content_type, struct str body, struct path_part *out) {
  struct path_part part;
  bool found = false;
  for (size_t at = 0; path_next_part(a, content_type, body, &at, &part); found = true) {
    if (part.file || !found) *out = part;
    if (part.file) return true;
  }
  return found;
}
