/* See tagging.h. */
#include "views/tagging.h"

#include "views/json.h"
#include "views/show.h"

bool tagging_has(struct str tags, struct str tag) {
  json_t *list = show_stored(tags, json_array()), *one;
  bool found = false;
  size_t i;
  json_array_foreach(list, i, one) found |= str_is(tag, json_string_value(one) ? json_string_value(one) : "");
  json_decref(list);
  return found;
}

static void put_once(json_t *list, struct str tag) {
  json_t *one;
  size_t i;
  json_array_foreach(list, i, one) if (str_is(tag, json_string_value(one))) return;
  json_array_append_new(list, json_of(tag));
}

/* `old` becomes `new`; with `keep` it stays before it. */
static struct str replaced(struct arena *a, struct str tags, struct str old, struct str new, bool keep) {
  json_t *list = show_stored(tags, json_array()), *out = json_array(), *one;
  size_t i;
  json_array_foreach(list, i, one) {
    struct str tag = str_c(json_string_value(one) ? json_string_value(one) : "");
    bool is_old = str_eq(tag, old);
    if (!is_old || keep) put_once(out, tag);
    if (is_old) put_once(out, new);
  }
  struct str text = show_dump(a, out);
  json_decref(list);
  json_decref(out);
  return text;
}

struct str tagging_renamed(struct arena *a, struct str tags, struct str from, struct str into) { return replaced(a, tags, from, into, false); }
struct str tagging_back(struct arena *a, struct str tags, struct str from, struct str into, bool both) { return replaced(a, tags, into, from, both); }
