/* guiju serve: run a desk. See --help. Exit codes: 0 stopped as asked, 1 could not start, 2 wrong options. */
#ifndef GUIJU_APP_CMD_SERVE_H
#define GUIJU_APP_CMD_SERVE_H

int cmd_serve(int argc, char **argv);
/* guiju openapi: the API description on standard output. */
int cmd_openapi(int argc, char **argv);

#endif
