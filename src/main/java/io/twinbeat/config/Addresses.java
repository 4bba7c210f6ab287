package io.twinbeat.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/** IP addresses as text and bits, without any look-up. */
public final class Addresses {
  private static final int TEXT_MAX = 45;

  private Addresses() {}

  /** Four decimal numbers without leading zeros, or an IPv6 address without a zone. */
  static Optional<InetAddress> parse(String text) {
    boolean v6 = text.indexOf(':') >= 0;
    if (text.length() > TEXT_MAX || !(v6 ? onlyHexColonDot(text) : isDottedQuad(text))) {
      return Optional.empty();
    }
    try {
      InetAddress ip = InetAddress.ofLiteral(text);
      // ::ffff:10.0.0.1 comes back as IPv4: one address with two spellings is refused.
      return v6 == ip instanceof Inet4Address ? Optional.empty() : Optional.of(ip);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** As RFC 5952 has it: the longest run of zero groups is '::'. */
  public static String shown(InetAddress ip) {
    byte[] bytes = ip.getAddress();
    if (bytes.length == 4) {
      return ip.getHostAddress();
    }
    int bestStart = -1;
    int bestLength = 1;
    int run = 0;
    for (int i = 0; i < 8; i++) {
      run = group(bytes, i) == 0 ? run + 1 : 0;
      if (run > bestLength) {
        bestLength = run;
        bestStart = i - run + 1;
      }
    }
    StringBuilder text = new StringBuilder(39);
    int i = 0;
    while (i < 8) {
      if (i == bestStart) {
        text.append("::");
        i += bestLength;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(group(bytes, i)));
        i++;
      }
    }
    return text.toString();
  }

  private static int group(byte[] bytes, int i) {
    return (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
  }

  /** Whether both are in one network of this prefix length. */
  public static boolean samePrefix(InetAddress a, InetAddress b, int prefixLength) {
    byte[] left = a.getAddress();
    byte[] right = b.getAddress();
    if (left.length != right.length) {
      return false;
    }
    for (int bit = 0; bit < prefixLength; bit++) {
      if (((left[bit / 8] ^ right[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether they are in one network of the usual size: /24, /64. */
  static boolean sameUsualNetwork(InetAddress a, InetAddress b) {
    return samePrefix(a, b, a instanceof Inet4Address ? 24 : 64);
  }

  /** Whether all host bits are equal to {@code one}: the network's own or its broadcast address. */
  static boolean hostBitsAre(InetAddress ip, int prefixLength, boolean one) {
    byte[] bytes = ip.getAddress();
    for (int bit = prefixLength; bit < bytes.length * 8; bit++) {
      if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != (one ? 1 : 0)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDottedQuad(String text) {
    int parts = 0;
    int start = 0;
    while (start <= text.length()) {
      int dot = text.indexOf('.', start);
      int end = dot < 0 ? text.length() : dot;
      if (!isOctet(text, start, end)) {
        return false;
      }
      parts++;
      start = end + 1;
    }
    return parts == 4;
  }

  private static boolean isOctet(String text, int start, int end) {
    int length = end - start;
    if (length < 1 || length > 3 || (length > 1 && text.charAt(start) == '0')) {
      return false;
    }
    int value = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
      value = value * 10 + (c - '0');
    }
    return value <= 255;
  }

  private static boolean onlyHexColonDot(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean right = c == ':' || c == '.' || Character.digit(c, 16) >= 0;
      if (!right || c > 127) {
        return false;
      }
    }
    return true;
  }
}
