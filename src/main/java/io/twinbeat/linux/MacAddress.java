package io.twinbeat.linux;

import java.util.HexFormat;

/** An Ethernet hardware address, kept as the low 48 bits of a number. */
public record MacAddress(long bits) {
  public static final int BYTES = 6;
  public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

  public MacAddress {
    if (bits >>> 48 != 0) {
      throw new IllegalArgumentException("not 48 bits: " + Long.toHexString(bits));
    }
  }

  /** Reads six bytes from {@code offset} on. */
  public static MacAddress at(byte[] bytes, int offset) {
    long bits = 0;
    for (int i = 0; i < BYTES; i++) {
      bits = (bits << 8) | (bytes[offset + i] & 0xff);
    }
    return new MacAddress(bits);
  }

  /** Parses {@code aa:bb:cc:dd:ee:ff}. */
  public static MacAddress parse(String text) {
    byte[] bytes = HexFormat.ofDelimiter(":").parseHex(text);
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("not a MAC address: " + text);
    }
    return at(bytes, 0);
  }

  /** Writes six bytes from {@code offset} on. */
  public void put(byte[] bytes, int offset) {
    for (int i = 0; i < BYTES; i++) {
      bytes[offset + i] = (byte) (bits >>> (8 * (BYTES - 1 - i)));
    }
  }

  public boolean isMulticast() {
    return ((bits >>> 40) & 1) != 0;
  }

  @Override
  public String toString() {
    byte[] bytes = new byte[BYTES];
    put(bytes, 0);
    return HexFormat.ofDelimiter(":").formatHex(bytes);
  }
}
