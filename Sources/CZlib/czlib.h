// zlib's one-shot functions: the trash of the journal is kept compressed, and
// Foundation on Linux has no compression of its own.
#ifndef TASKDECK_CZLIB_H
#define TASKDECK_CZLIB_H

#include <zlib.h>

#endif
