/* Files of the web pages, held in memory with their compressed forms and an ETag each.
 *
 * They come from the binary (tools/embed.py made them from web/dist) or, for development, from a directory. */
#ifndef GUIJU_API_ASSET_H
#define GUIJU_API_ASSET_H

#include "base/arena.h"

enum asset_form { ASSET_PLAIN, ASSET_GZIP, ASSET_BROTLI, ASSET_FORM_COUNT };
struct asset {
  struct str path;                  /* "/assets/index-4f3a.js" */
  const char *type;                 /* Content-Type */
  struct str form[ASSET_FORM_COUNT];/* empty when there is none */
  char etag[24];                    /* quoted */
  bool forever;                     /* the name carries a hash: never changes */
};
struct asset_set;

/* What the embedding generator writes. */
struct asset_embedded {
  const char *path;
  const unsigned char *form[ASSET_FORM_COUNT];
  size_t size[ASSET_FORM_COUNT];
};
struct asset_set *asset_set_embedded(const struct asset_embedded *files, size_t count);
/* Every file below `dir`; x.br and x.gz beside x are its compressed forms. E_IO when the directory cannot be read. */
MUST_CHECK enum status asset_set_from_directory(const char *dir, struct asset_set **out, struct problem *p);
void asset_set_free(struct asset_set *s);
/* A file by path; NULL when there is none. */
const struct asset *asset_find(const struct asset_set *s, struct str path);
size_t asset_count(const struct asset_set *s);
const struct asset *asset_at(const struct asset_set *s, size_t index); /* in order of addition; NULL past the end */
const char *asset_type(struct str path);
/* The best form for an Accept-Encoding header. */
enum asset_form asset_choose(const struct asset *a, struct str accept_encoding);

#endif
