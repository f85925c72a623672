/* The nouns joined: which commands and tables there are. The list itself is src/commands/meson.build. */
#include "commands/command.h"

#include "commands/nouns.h" /* made by meson: COMMAND_NOUN(people) …, COMMAND_SQL(writer) … */
#include "events/log.sql.h"

#define COMMAND_NOUN(noun) extern const struct command_def commands_##noun[];
#define COMMAND_SQL(noun) extern const struct store_module module_commands_##noun;
COMMAND_LIST
#undef COMMAND_NOUN
#undef COMMAND_SQL

const struct command_def *const *command_all(size_t *count) {
  static const struct command_def *const all[] = {
#define COMMAND_NOUN(noun) commands_##noun,
#define COMMAND_SQL(noun)
      COMMAND_LIST
#undef COMMAND_NOUN
#undef COMMAND_SQL
  };
  *count = COUNT_OF(all);
  return all;
}

const struct store_module *const *command_modules(size_t *count) {
  static const struct store_module *const all[] = {
      &module_events_log,
#define COMMAND_NOUN(noun)
#define COMMAND_SQL(noun) &module_commands_##noun,
      COMMAND_LIST
#undef COMMAND_NOUN
#undef COMMAND_SQL
  };
  *count = COUNT_OF(all);
  return all;
}

const struct command_def *command_find(struct str name) {
  size_t count;
  const struct command_def *const *all = command_all(&count);
  for (size_t i = 0; i < count; i++)
    for (const struct command_def *d = all[i]; d->name; d++)
      if (str_is(name, d->name)) return d;
  return NULL;
}
