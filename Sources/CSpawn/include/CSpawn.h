// What posix_spawn needs and Swift does not import: glibc declares these for GNU
// sources only.
#ifndef CSPAWN_H
#define CSPAWN_H
#include <spawn.h>

/// The child starts in this folder (posix_spawn_file_actions_addchdir_np, glibc 2.29).
int spawn_start_in(posix_spawn_file_actions_t *actions, const char *folder);
/// The child has no descriptor from `first` on (posix_spawn_file_actions_addclosefrom_np, glibc 2.34).
int spawn_close_from(posix_spawn_file_actions_t *actions, int first);
/// A pipe whose ends no other child inherits (pipe2 with O_CLOEXEC).
int spawn_pipe(int ends[2]);
/// A new file of mode 0600 that no other child inherits (mkostemp with O_CLOEXEC); `path` ends in XXXXXX.
int spawn_temporary_file(char *path);

#endif
