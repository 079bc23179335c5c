/*
 * Writes down what a program and all that it starts do outside: connections and look-ups of names that leave this machine, and
 * files opened in forbidden places or for writing outside of allowed ones. Loaded by LD_PRELOAD; it hinders nothing.
 *
 * GUARD_LOG    file that gets a line for each event
 * GUARD_SECRET prefix of paths that nobody may open at all
 * GUARD_WRITE  prefixes, joined by ':', below which files may be written
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void note(const char *what, const char *about) {
  const char *log = getenv("GUARD_LOG");
  if (log == NULL) return;
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%s %s\n", what, about);
  int file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return;
  if (write(file, line, (size_t)length) < 0) { /* nothing left to tell it to */ }
  close(file);
}

static int is_below(const char *path, const char *prefix, size_t length) {
  return length > 0 && strncmp(path, prefix, length) == 0 && (path[length] == 0 || path[length] == '/' || prefix[length - 1] == '/');
}

static void judge_open(const char *given, int flags) {
  if (given == NULL) return;
  char path[PATH_MAX];
  /* A relative path is one of ours (the working folder); what a client names and we would follow is absolute or climbs. */
  if (realpath(given, path) == NULL) snprintf(path, sizeof path, "%s", given);
  const char *secret = getenv("GUARD_SECRET");
  if (secret != NULL && is_below(path, secret, strlen(secret))) note("secret", path);
  if (strcmp(path, "/etc/shadow") == 0) note("secret", path);
  if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) == 0 || path[0] != '/') return;
  const char *allowed = getenv("GUARD_WRITE");
  for (const char *at = allowed; at != NULL && *at != 0;) {
    size_t length = strcspn(at, ":");
    if (is_below(path, at, length)) return;
    at += length + (at[length] == ':');
  }
  if (allowed != NULL && strncmp(path, "/dev/", 5) != 0 && strncmp(path, "/proc/self/", 11) != 0) note("write", path);
}

#define OPEN(name, extra_type, extra)                                              \
  int name(extra_type const char *path, int flags, ...) {                          \
    static int (*real)(extra_type const char *, int, ...);                         \
    if (real == NULL) real = (int (*)(extra_type const char *, int, ...))dlsym(RTLD_NEXT, #name); \
    va_list rest;                                                                  \
    va_start(rest, flags);                                                         \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;      \
    va_end(rest);                                                                  \
    judge_open(path, flags);                                                       \
    return real(extra path, flags, mode);                                          \
  }
#define NONE
#define AT int folder,
#define AT_ARGUMENT folder,
OPEN(open, NONE, NONE)
OPEN(open64, NONE, NONE)
OPEN(openat, AT, AT_ARGUMENT)
OPEN(openat64, AT, AT_ARGUMENT)

static void judge_address(const struct sockaddr *address, const char *what) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address == NULL) return;
  if (address->sa_family == AF_INET) {
    const struct sockaddr_in *four = (const struct sockaddr_in *)address;
    if ((ntohl(four->sin_addr.s_addr) >> 24) == 127) return;
    inet_ntop(AF_INET, &four->sin_addr, text, sizeof text);
  } else if (address->sa_family == AF_INET6) {
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
    if (IN6_IS_ADDR_LOOPBACK(&six->sin6_addr)) return;
    inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof text);
  } else return;
  note(what, text);
}

int connect(int socket, const struct sockaddr *address, socklen_t length) {
  static int (*real)(int, const struct sockaddr *, socklen_t);
  if (real == NULL) real = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
  judge_address(address, "connect");
  return real(socket, address, length);
}

ssize_t sendto(int socket, const void *data, size_t size, int flags, const struct sockaddr *address, socklen_t length) {
  static ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
  if (real == NULL) real = (ssize_t (*)(int, const void *, size_t, int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "sendto");
  judge_address(address, "send");
  return real(socket, data, size, flags, address, length);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
  if (real == NULL) real = (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
  if (name != NULL && strcmp(name, "localhost") != 0 && strcmp(name, "127.0.0.1") != 0 && strcmp(name, "::1") != 0) note("look-up", name);
  return real(name, service, hints, found);
}
