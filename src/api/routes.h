/* The table of everything the API answers: one line each, used for dispatch, for the API description and for its test. */
#ifndef GUIJU_API_ROUTES_H
#define GUIJU_API_ROUTES_H

#include "net/http.h"

enum route_kind {
  ROUTE_READ,     /* `name` is a read of views/ */
  ROUTE_COMMAND,  /* `name` is a command of commands/ */
  ROUTE_SPECIAL,  /* `run` does it; `name`, when set, is the read or command it ends in */
};
enum route_auth {
  ROUTE_OPEN,     /* anybody */
  ROUTE_SESSION,  /* a signed-in person or an API key */
  ROUTE_VISITOR,  /* a widget's token, in the argument `token` */
};
enum route_body {
  ROUTE_JSON,
  ROUTE_FILE,
  ROUTE_FORM, /* JSON, or the fields of a multipart form; files in it are refused */
};

struct api_call;
struct api_route {
  enum http_method method;
  const char *path;       /* below /api/v1, or as it is (route_is_absolute) */
  enum route_kind kind;
  const char *name;
  enum route_auth auth;
  void (*run)(struct api_call *c);
  const char *args;       /* schema line of special routes, as command_def.args */
  const char *summary_en, *summary_zh; /* of special routes */
  enum route_body body;
  int status;             /* of success; 0: 200 */
};

enum { ROUTE_VALUES_MOST = 4 };
extern const struct api_route api_routes[]; /* ends with {0} */
size_t api_route_count(void);
/* The widget's routes, the metrics. */
bool route_is_absolute(const struct api_route *r);
/* The route of a path ("/conversations/c7"), with the values of its ':name' parts. NULL when there is none; then *allowed
 * (may be NULL) is a bit set of the methods that the path has. */
const struct api_route *api_route_find(enum http_method method, struct str path, struct str *names, struct str *values, int *count, unsigned *allowed);

#endif
