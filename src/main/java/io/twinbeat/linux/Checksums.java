package io.twinbeat.linux;

/** The Internet checksum (RFC 1071). */
public final class Checksums {
  private Checksums() {}

  /** Over an even or odd number of bytes, with {@code initial} for a pseudo header's sum. */
  public static int of(byte[] bytes, int from, int to, int initial) {
    int sum = initial;
    for (int i = from; i < to; i++) {
      sum += (i - from) % 2 == 0 ? (bytes[i] & 0xff) << 8 : bytes[i] & 0xff;
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return ~sum & 0xffff;
  }
}
