/* What a role may do when its rulebook does not say so (docs/permissions.md), and where it stands in the hierarchy. */
#ifndef GUIJU_VIEWS_PERMISSION_H
#define GUIJU_VIEWS_PERMISSION_H

#include "views/view.h"

enum view_place {
  PLACE_OUTSIDE, /* the book does not know the role */
  PLACE_OFFICE,  /* nobody below, does not receive customers: clerk, purchasing, administration */
  PLACE_AGENT,   /* nobody below, receives customers */
  PLACE_LEADER,  /* somebody below, somebody above */
  PLACE_HEAD,    /* somebody below, nobody above */
};
enum view_place view_place_of(const struct lang_program *program, struct str role);
const char *view_place_name(enum view_place place); /* "agent" */
/* Does a role answer customers? (Then its people are given conversations.) */
bool view_receives(const struct lang_program *program, struct str role);
/* The paths of the permission catalogue that the actor may do; new reference, list of texts. */
json_t *view_can(const struct lang_program *program, const struct actor *actor);
/* Roles of the book in order, with their superior and place; new reference. */
json_t *view_roles_json(const struct lang_program *program);

#endif
