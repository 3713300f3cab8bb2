/* Loaded before the C library: while the file named by READ_ONLY_WHILE exists, every disk is read-only, also for files
   that are open already. So it is after an error of the disk; `mount -o remount,ro` refuses while a file is open. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static int is_read_only(void) {
    const char *flag = getenv("READ_ONLY_WHILE");
    int before = errno;
    int there = flag && access(flag, F_OK) == 0;
    errno = before;
    if (there) errno = EROFS;
    return there;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) && is_read_only()) return -1;
    return NEXT(open64)(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    return open64(path, flags, mode);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    return is_read_only() ? -1 : NEXT(pwrite64)(file, bytes, count, at);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) { return pwrite64(file, bytes, count, at); }

int ftruncate64(int file, off64_t length) { return is_read_only() ? -1 : NEXT(ftruncate64)(file, length); }

int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

int unlink(const char *path) { return is_read_only() ? -1 : NEXT(unlink)(path); }
