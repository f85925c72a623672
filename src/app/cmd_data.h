/* Commands about a desk's data; argv[0] is the command's own name. The results are exit codes: see --help in main.c. */
#ifndef GUIJU_APP_CMD_DATA_H
#define GUIJU_APP_CMD_DATA_H

/* guiju verify --data DIR [--seal SEAL] [--json]: 0 whole, 1 broken, 2 cannot open. Runs beside a serving program. */
int cmd_verify(int argc, char **argv);
/* guiju rebuild --data DIR [--check]: 0 fine (--check: a copy rebuilt is identical), 1 different, 2 cannot open. */
int cmd_rebuild(int argc, char **argv);
/* guiju backup --data DIR TARGET: TARGET becomes a directory with database and attachments; verified. */
int cmd_backup(int argc, char **argv);
/* guiju restore BACKUP --data DIR: into a directory that has no desk yet; the chain is checked first. */
int cmd_restore(int argc, char **argv);
/* guiju import --data DIR orders|chat|events FILE: 0 all taken, 1 lines refused, 2 cannot open. The desk must not be running. */
int cmd_import(int argc, char **argv);

#endif
