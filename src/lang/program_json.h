/* The JSON form of a rulebook, for the API and for programs. */
#ifndef GUIJU_LANG_PROGRAM_JSON_H
#define GUIJU_LANG_PROGRAM_JSON_H

#include "lang/ast.h"

#include <jansson.h>

/* {id, title, version, published, in_force, zone, sectors:[…],
 *  clauses:[{id, no, title, level, covers:[…], html, source,
 *            figures:[{name, value, value_en, unit, ours, doubtful, note, dated:[{from, value}]}],
 *            rules:[{tag, kind, kind_zh, text, line}]}],
 *  roles:[{name, superior, deputy}], shifts:[{name, hours:[{from, to, next_day}], extends_to}],
 *  case_types:[see lang_case_json], checklists:[{name, title, by, items:[{name, title, points, text}]}],
 *  phrases:[{kind:"phrases|forbidden|expected", name, per, texts:[…]}],
 *  surveys:[…], classes:[…], notices:[…], reports:[{name, title, columns:[…]}], accounts:[…], not_in_force:[{what, why, clause}]}
 * `date` (days) picks the value of dated figures. `html` is the prose alone. */
json_t *lang_program_json(const struct lang_program *p, i64 date);
/* One clause as above. */
json_t *lang_clause_json(const struct lang_program *p, const struct lang_clause *c, i64 date);
/* {name, title, subject, number, openers:[…],
 *  fields:[{name, label, type, type_zh, required, many, values:[…], computed, case, only_if, bound, fields:[…]}],
 *  steps:[{state, by:[role…], by_text, limit, only_if, first, final, next:[{to, after}]}],
 *  copies:[{number, to}], print, visible:[…], class, clause} */
json_t *lang_case_json(const struct lang_program *p, const struct lang_case *c);
/* Prose of a clause as safe HTML. The text is borrowed from the arena. */
struct str lang_clause_html(struct arena *a, const struct lang_clause *c);

#endif
