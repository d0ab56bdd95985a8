#define _GNU_SOURCE
#include "CSpawn.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int spawn_start_in(posix_spawn_file_actions_t *actions, const char *folder) {
  return posix_spawn_file_actions_addchdir_np(actions, folder);
}

int spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int spawn_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int spawn_temporary_file(char *path) { return mkostemp(path, O_CLOEXEC); }
