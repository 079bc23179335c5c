/*
 * A power cut, as a library that is preloaded into a program (LD_PRELOAD). Linux only.
 *
 * POWER_ROOT    the folder that the program writes to
 * POWER_SHADOW  a folder where this library keeps what a disk would still hold after the power fails now:
 *     c/<id>    bytes of a file as of its last fsync or fdatasync
 *     d/<path>  entries of a folder as of its last fsync, one line each: "f <id> <name>" or "d 0 <name>"; '/' is written '%',
 *                  and the root itself '%root'
 *     ids       one line "<inode> <birth> <id>" for each file made, birth in nanoseconds. Inodes are used again: a file that was
 *                  made in the instant before the kill may have no line yet, and only its birth tells it from the one before it
 * POWER_ORDERED=1  folders as a journalling file system keeps them: an fsync of a file also makes its name durable, and
 *     unlink and rename are durable at once. Without it folders follow POSIX to the letter: only fsync(folder) counts.
 *
 * The program runs on the real folder and sees all it writes, as it would until the power fails. Then it is killed, and
 * the harness builds a new folder from the shadow. Nothing is really synced, so a thousand cycles are cheap.
 * Only the span that was written since the last sync is copied. Bytes written through mmap are not seen: SQLite's -shm
 * is not durable anyway.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)
#define SLOTS (1u << 20)

/* A file by its inode: its birth, its id, and the span written since its last sync. Open addressing; slots are never freed. */
struct file { ino_t inode; unsigned long long birth; long id; off_t from, to; };
static struct file files[SLOTS];
static const off_t whole = (off_t)1 << 60;
static long last_id = 0;
static char root[PATH_MAX], shadow[PATH_MAX];
static size_t root_length = 0;
static int ordered = 0, ids_file = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void die(const char *what) { perror(what); _exit(99); }

static int real_open(const char *path, int flags, mode_t mode) {
  REAL(int, "open64", const char *, int, ...);
  return real(path, flags, mode);
}
static ssize_t real_pwrite(int fd, const void *bytes, size_t count, off_t at) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
  return real(fd, bytes, count, at);
}

static struct file *slot(ino_t inode) {
  unsigned at = (unsigned)(inode * 2654435761u) % SLOTS;
  while (files[at].inode && files[at].inode != inode) at = (at + 1) % SLOTS;
  return &files[at];
}

static struct file *remember(ino_t inode, unsigned long long birth, long id) {
  struct file *file = slot(inode);
  file->inode = inode; file->birth = birth; file->id = id; file->from = 0; file->to = 0;
  if (id > last_id) last_id = id;
  return file;
}

static unsigned long long birth_of(const struct statx *stat) {
  return stat->stx_btime.tv_sec * 1000000000ull + stat->stx_btime.tv_nsec;
}

static struct file *new_file(const struct statx *stat) {
  char line[96];
  struct file *file = remember(stat->stx_ino, birth_of(stat), last_id + 1);
  int length = snprintf(line, sizeof line, "%lu %llu %ld\n", (unsigned long)file->inode, file->birth, file->id);
  REAL(ssize_t, "write", int, const void *, size_t);
  if (real(ids_file, line, length) != length) die("ids");
  return file;
}

static struct file *file_of(const struct statx *stat) {
  struct file *file = slot(stat->stx_ino);
  return file->inode && file->birth == birth_of(stat) ? file : new_file(stat);
}

static int look_at(int fd, struct statx *stat) { return statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, stat); }

__attribute__((constructor)) static void start(void) {
  const char *at = getenv("POWER_ROOT"), *to = getenv("POWER_SHADOW");
  if (!at || !to || !realpath(at, root) || !realpath(to, shadow)) return;
  char path[PATH_MAX + 8]; unsigned long inode; unsigned long long birth; long id;
  snprintf(path, sizeof path, "%s/ids", shadow);
  FILE *known = fopen(path, "r");
  while (known && fscanf(known, "%lu %llu %ld", &inode, &birth, &id) == 3) {
    remember(inode, birth, id)->to = whole; /* a program before this one may have written it and not synced */
  }
  if (known) fclose(known);
  if ((ids_file = real_open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) < 0) die(path);
  ordered = getenv("POWER_ORDERED") != NULL;
  root_length = strlen(root);
}

static int inside(const char *path) {
  return root_length && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}
static int path_of(int fd, char *path) {
  char link[64];
  if (!root_length) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return inside(path);
}

/* The lock is held from reading a folder to writing its list, so that a younger list is never replaced by an older one. */
static void keep_folder(const char *path) {
  char to[2 * PATH_MAX], temp[2 * PATH_MAX + 8], inner[2 * PATH_MAX];
  int length = snprintf(to, sizeof to, "%s/d/", shadow);
  snprintf(to + length, sizeof to - length, "%s", path[root_length] ? path + root_length + 1 : "");
  for (char *c = to + length; *c; c++) if (*c == '/') *c = '%';
  if (!to[length]) strcpy(to + length, "%root");
  
  snprintf(temp, sizeof temp, "%s.new%%", to);
  DIR *folder = opendir(path);
  if (!folder) return;
  FILE *list = fopen(temp, "w");
  if (!list) die(temp);
  for (struct dirent *entry; (entry = readdir(folder));) {
    struct statx stat;
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
    if (statx(AT_FDCWD, inner, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, &stat)) continue;
    int is_folder = S_ISDIR(stat.stx_mode);
    fprintf(list, "%c %ld %s\n", is_folder ? 'd' : 'f', is_folder ? 0 : file_of(&stat)->id, entry->d_name);
  }
  closedir(folder);
  fclose(list);
  REAL(int, "rename", const char *, const char *);
  if (real(temp, to)) die(to);
}
static void keep_parent(const char *path) {
  char parent[PATH_MAX];
  snprintf(parent, sizeof parent, "%s", path);
  char *end = strrchr(parent, '/');
  if (end) { *end = 0; if (inside(parent)) keep_folder(parent); }
}

static void keep_bytes(int fd, const struct statx *stat) {
  struct file *file = file_of(stat);
  char to[PATH_MAX + 40], bytes[65536];
  snprintf(to, sizeof to, "%s/c/%ld", shadow, file->id);
  char from_path[64];
  snprintf(from_path, sizeof from_path, "/proc/self/fd/%d", fd);
  int from = real_open(from_path, O_RDONLY | O_CLOEXEC, 0), into = real_open(to, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (from < 0 || into < 0) die(to);
  for (off_t at = file->from; at < file->to;) {
    ssize_t count = pread(from, bytes, file->to - at < (off_t)sizeof bytes ? (size_t)(file->to - at) : sizeof bytes, at);
    if (count <= 0) break;
    if (real_pwrite(into, bytes, count, at) != count) die(to);
    at += count;
  }
  REAL(int, "ftruncate64", int, off_t);
  if (real(into, stat->stx_size)) die(to);
  close(from);
  close(into);
  file->from = file->to = 0;
}

static int sync_fd(int fd) {
  char path[PATH_MAX]; struct statx stat;
  if (!path_of(fd, path)) return 0;
  pthread_mutex_lock(&lock);
  /* Under the lock: an older size would cut what another thread's sync has kept. */
  if (look_at(fd, &stat)) die(path);
  if (S_ISDIR(stat.stx_mode)) keep_folder(path);
  if (S_ISREG(stat.stx_mode)) { keep_bytes(fd, &stat); if (ordered) keep_parent(path); }
  pthread_mutex_unlock(&lock);
  return 0;
}

static void written(int fd, off_t at, ssize_t count) {
  char path[PATH_MAX]; struct statx stat;
  if (count <= 0 || !root_length || look_at(fd, &stat) || !S_ISREG(stat.stx_mode) || !path_of(fd, path)) return;
  if (at < 0) at = lseek(fd, 0, SEEK_CUR) - count;
  pthread_mutex_lock(&lock);
  struct file *file = file_of(&stat);
  if (file->to == 0 || at < file->from) file->from = at;
  if (at + count > file->to) file->to = at + count;
  pthread_mutex_unlock(&lock);
}

static int opened(int fd, int flags, int existed) {
  struct statx stat; char path[PATH_MAX];
  if (fd < 0 || existed || !(flags & O_CREAT) || !path_of(fd, path) || look_at(fd, &stat)) return fd;
  pthread_mutex_lock(&lock);
  new_file(&stat);
  pthread_mutex_unlock(&lock);
  return fd;
}
static int there(const char *path, int flags) {
  return !(flags & O_CREAT) || faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

#define OPEN(name) int name(const char *path, int flags, ...) { \
  va_list rest; va_start(rest, flags); mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; va_end(rest); \
  int existed = root_length ? there(path, flags) : 1; \
  return opened(real_open(path, flags, mode), flags, existed); }
OPEN(open)
OPEN(open64)

int fsync(int fd) { return sync_fd(fd); }
int fdatasync(int fd) { return sync_fd(fd); }

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(ssize_t, "write", int, const void *, size_t);
  ssize_t done = real(fd, bytes, count); written(fd, -1, done); return done;
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  ssize_t done = real(fd, parts, count); written(fd, -1, done); return done;
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { ssize_t done = real_pwrite(fd, bytes, count, at); written(fd, at, done); return done; }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at) { ssize_t done = real_pwrite(fd, bytes, count, at); written(fd, at, done); return done; }
static ssize_t write_parts(int fd, const struct iovec *parts, int count, off_t at) {
  REAL(ssize_t, "pwritev64", int, const struct iovec *, int, off_t);
  ssize_t done = real(fd, parts, count, at); written(fd, at, done); return done;
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return write_parts(fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at) { return write_parts(fd, parts, count, at); }

int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  int result = real(path);
  if (!result && ordered && inside(path)) { pthread_mutex_lock(&lock); keep_parent(path); pthread_mutex_unlock(&lock); }
  return result;
}
int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  int result = real(from, to);
  if (!result && ordered && inside(to)) { pthread_mutex_lock(&lock); keep_parent(from); keep_parent(to); pthread_mutex_unlock(&lock); }
  return result;
}
