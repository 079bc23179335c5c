/*
 * A disk that fails once, as a library that is preloaded into a program (LD_PRELOAD). Linux only.
 *
 * FAULT_ROOT  the folder whose calls are counted: by path, or by what a descriptor is open on
 * FAULT_FILE  what this library and the harness share, `struct control` below. The harness sets `fault` and `at`; the call with that
 *             number fails, once, and `where` says which one it was.
 *
 * EIO may come from any call; ENOSPC from those that need space; EMFILE from those that need a descriptor; a short write from
 * those that write more than one byte. Reading and writing through mmap is not seen.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NONE, FAULT_EIO, FAULT_ENOSPC, FAULT_EMFILE, FAULT_SHORT };
enum { OPENS = 1, NEEDS_SPACE = 2, WRITES = 4 };
struct control { int64_t fault, at, calls, fired; char where[480]; };

static struct control *control = NULL;
static char root[PATH_MAX];
static size_t root_length = 0;

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

__attribute__((constructor)) static void start(void) {
  const char *folder = getenv("FAULT_ROOT"), *path = getenv("FAULT_FILE");
  REAL(int, "open64", const char *, int, ...);
  int fd = path && folder && realpath(folder, root) ? real(path, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0) return;
  void *at = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (at == MAP_FAILED) return;
  root_length = strlen(root);
  control = at;
}

static int inside(const char *path) {
  return path && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

/* Whether this call is the one that fails; then errno is set, but for a short write. */
static int fails(const char *call, int kind, const char *path) {
  int64_t fault = control ? control->fault : NONE;
  if (fault == NONE || !inside(path)) return 0;
  if (fault == FAULT_ENOSPC && !(kind & NEEDS_SPACE)) return 0;
  if (fault == FAULT_EMFILE && !(kind & OPENS)) return 0;
  if (fault == FAULT_SHORT && !(kind & WRITES)) return 0;
  if (__atomic_add_fetch(&control->calls, 1, __ATOMIC_SEQ_CST) != control->at) return 0;
  snprintf(control->where, sizeof control->where, "%s %s", call, path[root_length] ? path + root_length + 1 : ".");
  control->fired = 1;
  errno = fault == FAULT_EIO ? EIO : fault == FAULT_ENOSPC ? ENOSPC : EMFILE;
  return 1;
}

static int fails_on(const char *call, int kind, int fd) {
  char link[64], path[PATH_MAX];
  if (!control || control->fault == NONE) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return fails(call, kind, path);
}

/* Half of what was asked, where the fault is a short write; the error otherwise. */
#define WRITE(name, asked, again) \
  if (fails_on(name, NEEDS_SPACE | ((asked) > 1 ? WRITES : 0), fd)) return control->fault == FAULT_SHORT ? (again) : -1

#define OPEN(name) int name(const char *path, int flags, ...) { \
  va_list rest; va_start(rest, flags); mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; va_end(rest); \
  REAL(int, #name, const char *, int, ...); \
  if (fails("open", OPENS | (flags & O_CREAT ? NEEDS_SPACE : 0), path)) return -1; \
  return real(path, flags, mode); }
OPEN(open)
OPEN(open64)

#define SCAN(name, entry) int name(const char *path, struct entry ***list, int (*filter)(const struct entry *), \
                                   int (*order)(const struct entry **, const struct entry **)) { \
  REAL(int, #name, const char *, struct entry ***, int (*)(const struct entry *), int (*)(const struct entry **, const struct entry **)); \
  return fails("scandir", OPENS, path) ? -1 : real(path, list, filter, order); }
SCAN(scandir, dirent)
SCAN(scandir64, dirent64)

int fsync(int fd) { REAL(int, "fsync", int); return fails_on("fsync", 0, fd) ? -1 : real(fd); }
int fdatasync(int fd) { REAL(int, "fdatasync", int); return fails_on("fdatasync", 0, fd) ? -1 : real(fd); }
int ftruncate64(int fd, off_t to) { REAL(int, "ftruncate64", int, off_t); return fails_on("ftruncate", NEEDS_SPACE, fd) ? -1 : real(fd, to); }
int ftruncate(int fd, off_t to) { return ftruncate64(fd, to); }

ssize_t read(int fd, void *into, size_t count) {
  REAL(ssize_t, "read", int, void *, size_t);
  return fails_on("read", 0, fd) ? -1 : real(fd, into, count);
}
ssize_t pread64(int fd, void *into, size_t count, off_t at) {
  REAL(ssize_t, "pread64", int, void *, size_t, off_t);
  return fails_on("pread", 0, fd) ? -1 : real(fd, into, count, at);
}
ssize_t pread(int fd, void *into, size_t count, off_t at) { return pread64(fd, into, count, at); }

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(ssize_t, "write", int, const void *, size_t);
  WRITE("write", count, real(fd, bytes, count / 2));
  return real(fd, bytes, count);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
  WRITE("pwrite", count, real(fd, bytes, count / 2, at));
  return real(fd, bytes, count, at);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return pwrite64(fd, bytes, count, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  WRITE("writev", parts[0].iov_len, write(fd, parts[0].iov_base, parts[0].iov_len / 2));
  return real(fd, parts, count);
}

int unlink(const char *path) { REAL(int, "unlink", const char *); return fails("unlink", 0, path) ? -1 : real(path); }
int mkdir(const char *path, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  return fails("mkdir", NEEDS_SPACE, path) ? -1 : real(path, mode);
}
int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  return fails("rename", NEEDS_SPACE, to) ? -1 : real(from, to);
}
