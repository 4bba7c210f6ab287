package io.twinbeat.linux;

/** Names of the errors that our calls can meet (asm-generic/errno.h; the same on x86 and ARM). */
public final class Errno {
  public static final int OK = 0;
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int ENODEV = 19;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ENETDOWN = 100;
  static final int ENOBUFS = 105;
  static final int ETIMEDOUT = 110;

  private Errno() {}

  /** The name alone, or the number for one that is not listed. */
  public static String name(int errno) {
    return switch (errno) {
      case OK -> "OK";
      case EPERM -> "EPERM";
      case ENOENT -> "ENOENT";
      case 3 -> "ESRCH";
      case EINTR -> "EINTR";
      case 6 -> "ENXIO";
      case 9 -> "EBADF";
      case EAGAIN -> "EAGAIN";
      case ENOMEM -> "ENOMEM";
      case 13 -> "EACCES";
      case EBUSY -> "EBUSY";
      case EEXIST -> "EEXIST";
      case ENODEV -> "ENODEV";
      case 22 -> "EINVAL";
      case 24 -> "EMFILE";
      case 25 -> "ENOTTY";
      case 90 -> "EMSGSIZE";
      case 95 -> "EOPNOTSUPP";
      case 97 -> "EAFNOSUPPORT";
      case 98 -> "EADDRINUSE";
      case EADDRNOTAVAIL -> "EADDRNOTAVAIL";
      case ENETDOWN -> "ENETDOWN";
      case 101 -> "ENETUNREACH";
      case ENOBUFS -> "ENOBUFS";
      case ETIMEDOUT -> "ETIMEDOUT";
      case 111 -> "ECONNREFUSED";
      case 113 -> "EHOSTUNREACH";
      default -> "errno " + errno;
    };
  }

  /** The name and, for those that an operator may meet, what it means here. */
  public static String describe(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM, not permitted (root or CAP_NET_ADMIN and CAP_NET_RAW are needed)";
      case ENODEV -> "ENODEV, no such network device";
      case EADDRNOTAVAIL -> "EADDRNOTAVAIL, the address is not there";
      case ENETDOWN -> "ENETDOWN, the network device is down";
      case ETIMEDOUT -> "ETIMEDOUT, the kernel did not answer in time";
      default -> name(errno);
    };
  }
}
