package io.twinbeat.linux;

import java.io.IOException;

/** A system call that failed: what was tried, and the kernel's errno with its usual name. */
public final class LinuxException extends IOException {
  private final int errno;

  public LinuxException(String tried, int errno) {
    this(tried, errno, "");
  }

  /** {@code detail} is the kernel's own sentence, where it sent one; else empty. */
  LinuxException(String tried, int errno, String detail) {
    super(tried + ": " + Errno.describe(errno) + (detail.isEmpty() ? "" : " (" + detail + ")"));
    this.errno = errno;
  }

  public int errno() {
    return errno;
  }

  /** As in errno(3), for example {@code EPERM}. */
  public String errnoName() {
    return Errno.name(errno);
  }
}
