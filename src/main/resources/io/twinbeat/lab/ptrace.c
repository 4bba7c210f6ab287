/*
 * Preloaded into user-mode Linux: mends what its kernel 6.1 does with ptrace on a CPU whose floating point state is longer
 * than the 2.5 kB that it has room for (AMX: 11 kB). The host's kernel takes such a state whole or not at all (EFAULT), and
 * the guest would panic at its first process ("ptrace set fp regs failed, errno = 14"). What the guest knows of the state
 * is at its beginning, so that is laid over what the process has. On other machines no call fails so, and nothing changes.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The kernel runs one thread that traces. Larger than any state there is. */
static char whole[16384];

static long set_whole(pid_t pid, void *kind, const struct iovec *known) {
  struct iovec all = {whole, sizeof whole};
  if (syscall(SYS_ptrace, PTRACE_GETREGSET, pid, kind, &all) < 0)
    return -1;
  memcpy(whole, known->iov_base, known->iov_len < all.iov_len ? known->iov_len : all.iov_len);
  return syscall(SYS_ptrace, PTRACE_SETREGSET, pid, kind, &all);
}

long ptrace(enum __ptrace_request request, ...) {
  va_list rest;
  va_start(rest, request);
  pid_t pid = va_arg(rest, pid_t);
  void *address = va_arg(rest, void *);
  void *data = va_arg(rest, void *);
  va_end(rest);

  /* The library returns the word itself, the kernel stores it. */
  if (request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER) {
    long word = 0;
    if (syscall(SYS_ptrace, request, pid, address, &word) < 0)
      return -1;
    errno = 0;
    return word;
  }
  long result = syscall(SYS_ptrace, request, pid, address, data);
  if (result < 0 && errno == EFAULT && request == PTRACE_SETREGSET && (long)address == NT_X86_XSTATE)
    return set_whole(pid, address, data);
  return result;
}
