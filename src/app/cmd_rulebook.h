/* Commands about rulebook files; argv[0] is the command's own name. The results are exit codes. */
#ifndef GUIJU_APP_CMD_RULEBOOK_H
#define GUIJU_APP_CMD_RULEBOOK_H

/* guiju check [--json] [--english] FILE…: 0 clean (warnings allowed), 1 errors, 2 cannot read. */
int cmd_check(int argc, char **argv);
/* guiju fmt [--check] [-w] FILE: to standard output; -w writes the file, --check only says (exit 1) that it would change. */
int cmd_fmt(int argc, char **argv);
/* guiju handbook FILE [-o OUT] [--english]: the HTML page; a book with errors is refused (exit 1). */
int cmd_handbook(int argc, char **argv);

int cmd_words(int argc, char **argv);

#endif
