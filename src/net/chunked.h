/* Bodies in chunks (RFC 9112, 7.1): takes the framing off. Strict, since a lenient reader and a strict proxy can be played against each
 * other: sizes of one to eight hexadecimal digits, CRLF everywhere, extensions and trailers passed over up to a limit. */
#ifndef GUIJU_NET_CHUNKED_H
#define GUIJU_NET_CHUNKED_H

#include "base/str.h"

enum { CHUNKED_LINE_MOST = 256, CHUNKED_TRAILERS_MOST = 1024 };

enum chunked_step { CHUNKED_MORE /* the input is used up */, CHUNKED_DATA, CHUNKED_END /* the body is whole */, CHUNKED_BAD };
/* Zero-initialised before the first piece. */
struct chunked {
  int state, digits;
  u32 left;
  size_t line, trailers;
};
/* Cuts the next thing off *in; *data is set with CHUNKED_DATA and points into it. */
enum chunked_step chunked_next(struct chunked *k, struct str *in, struct str *data);

#endif
