/* Attachments on disk, below DATA/files: kept under an unguessable id with the type that their bytes show. Safe from any thread. */
#ifndef GUIJU_NET_FILE_STORE_H
#define GUIJU_NET_FILE_STORE_H

#include "base/arena.h"

#include <jansson.h>

#define FILE_STORE_ROOM ((i64)50 << 30)   /* bytes of attachments a desk keeps unless told otherwise */
#define FILE_STORE_LEAVES ((i64)512 << 20) /* bytes of disk that attachments leave to the log */

/* How many bytes may lie below DATA/files (0: the default). At the start. */
void file_store_bound(i64 most);
/* Is there room for a file of this size? E_FULL with words. Two that ask at once may go over by one file. */
MUST_CHECK enum status file_store_room(struct arena *a, struct str data_dir, i64 size, struct problem *p);
/* *result: {"id","name","type","size"} and "w","h" of a picture; new reference. E_IO, E_FULL (errno says more). */
MUST_CHECK enum status file_store_keep(struct arena *a, struct str data_dir, struct str content, struct str name, json_t **result);
/* The bytes into the arena. E_NOT_FOUND, E_TOO_LARGE beyond `most`, E_IO. */
MUST_CHECK enum status file_store_load(struct arena *a, struct str data_dir, struct str id, size_t most, struct str *content, struct str *name, struct str *type);
bool file_store_id(struct str id); /* has the form of one */
/* Where the file is; suffix "" for the bytes, ".json" for what is known about them. */
const char *file_store_path(struct arena *a, struct str data_dir, struct str id, const char *suffix);
/* Last part of a name, without what file systems and headers dislike; never "". */
struct str file_store_name(struct arena *a, struct str name);

#endif
