/* Commands that run rulebooks on facts; argv[0] is the command's own name. The results are exit codes:
 * 0 fine, 1 an example fails / the book or a fact has an error / a clause lacks evidence, 2 cannot read or wrong options. */
#ifndef GUIJU_APP_CMD_REPLAY_H
#define GUIJU_APP_CMD_REPLAY_H

/* guiju test [--json] FILE…: run the 例 of the books, one report per clause. */
int cmd_test(int argc, char **argv);
/* guiju replay FILE --events LOG.jsonl [--from DATE] [--to DATE] [--format table|json|csv] */
int cmd_replay(int argc, char **argv);
/* guiju why FILE --events LOG.jsonl CONSEQUENCE [--json] */
int cmd_why(int argc, char **argv);
/* guiju try OLD NEW --events LOG.jsonl [--format table|json] */
int cmd_try(int argc, char **argv);
/* guiju coverage [--book ID] [--json] [--rulebooks DIR] [--inventory FILE] */
int cmd_coverage(int argc, char **argv);

#endif
