/* The nouns joined: which views, reads and tables there are. The list itself is src/views/meson.build. */
#include "views/view.h"

#include "views/nouns.h" /* made by meson: VIEW_NOUN(people) …, VIEW_SQL(people) … */

#define VIEW_NOUN(noun) extern const struct view_def view_##noun;
#define VIEW_SQL(noun)
VIEW_LIST
#undef VIEW_NOUN
#undef VIEW_SQL
#define VIEW_NOUN(noun)
#define VIEW_SQL(noun) extern const struct store_module module_views_##noun;
VIEW_LIST
#undef VIEW_NOUN
#undef VIEW_SQL

const struct view_def *const *view_all(size_t *count) {
  static const struct view_def *const all[] = {
#define VIEW_NOUN(noun) &view_##noun,
#define VIEW_SQL(noun)
      VIEW_LIST
#undef VIEW_NOUN
#undef VIEW_SQL
  };
  *count = COUNT_OF(all);
  return all;
}

const struct store_module *const *view_modules(size_t *count) {
  static const struct store_module *const all[] = {
#define VIEW_NOUN(noun)
#define VIEW_SQL(noun) &module_views_##noun,
      VIEW_LIST
#undef VIEW_NOUN
#undef VIEW_SQL
  };
  *count = COUNT_OF(all);
  return all;
}

const struct read_def *view_read(struct str name) {
  size_t count;
  const struct view_def *const *all = view_all(&count);
  for (size_t i = 0; i < count; i++)
    for (const struct read_def *r = all[i]->reads; r && r->name; r++)
      if (str_is(name, r->name)) return r;
  return NULL;
}
