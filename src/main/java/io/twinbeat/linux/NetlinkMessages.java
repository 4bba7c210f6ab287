package io.twinbeat.linux;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Bytes of rtnetlink(7) messages, in the machine's byte order. Encoders append to the buffer;
 * decoders read the message that starts at {@code at} by absolute position.
 */
final class NetlinkMessages {
  static final int HEADER_BYTES = 16;

  static final int NLMSG_ERROR = 2;
  static final int NLMSG_DONE = 3;
  static final int RTM_NEWLINK = 16;
  static final int RTM_DELLINK = 17;
  static final int RTM_GETLINK = 18;
  static final int RTM_NEWADDR = 20;
  static final int RTM_DELADDR = 21;
  static final int RTM_GETADDR = 22;
  static final int RTM_NEWNEIGH = 28;
  static final int RTM_GETNEIGH = 30;

  static final int NLM_F_REQUEST = 0x1;
  static final int NLM_F_ACK = 0x4;
  static final int NLM_F_DUMP_INTR = 0x10;
  static final int NLM_F_DUMP = 0x300;
  private static final int NLM_F_CAPPED = 0x100;
  private static final int NLM_F_ACK_TLVS = 0x200;
  private static final int NLM_F_EXCL = 0x200;
  private static final int NLM_F_CREATE = 0x400;

  static final int AF_UNSPEC = 0;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int IFA_F_NODAD = 0x02;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_CACHEINFO = 6;
  private static final int IFA_FLAGS = 8;
  private static final int FOREVER = -1;
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_EXT_MASK = 29;
  private static final int RTEXT_FILTER_SKIP_STATS = 8;
  private static final int ARPHRD_ETHER = 1;
  private static final int NDA_DST = 1;
  private static final int NDA_LLADDR = 2;

  /** NUD_INCOMPLETE and NUD_FAILED: nothing is sent by such an entry. */
  private static final int NEIGHBOUR_UNUSABLE = 0x01 | 0x20;

  private static final int NLMSGERR_ATTR_MSG = 1;
  private static final int ADDRESS_BODY_BYTES = 8;
  private static final int LINK_BODY_BYTES = 16;
  private static final int NEIGHBOUR_BODY_BYTES = 12;

  private NetlinkMessages() {}

  /**
   * Adds an address. IPv6 goes without duplicate address detection, or it would be tentative for a
   * second; and it is deprecated from the start, so that the node's own connections do not leave
   * from an address that may move away under them, or that the other side has too: a real server
   * answers the health check of an active director to itself. (The kernel prefers the newest.)
   */
  static void addAddress(ByteBuffer out, int sequence, InterfaceAddress address) {
    byte[] ip = address.ip().getAddress();
    boolean v6 = ip.length == 16;
    int flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    int start = begin(out, RTM_NEWADDR, flags, sequence);
    addressBody(out, address, v6, v6 ? IFA_F_NODAD : 0);
    attribute(out, IFA_LOCAL, ip);
    attribute(out, IFA_ADDRESS, ip);
    if (v6) {
      out.putShort((short) 20).putShort((short) IFA_CACHEINFO);
      out.putInt(0).putInt(FOREVER).putInt(0).putInt(0);
    }
    end(out, start);
  }

  static void deleteAddress(ByteBuffer out, int sequence, InterfaceAddress address) {
    byte[] ip = address.ip().getAddress();
    int start = begin(out, RTM_DELADDR, NLM_F_REQUEST | NLM_F_ACK, sequence);
    addressBody(out, address, ip.length == 16, 0);
    attribute(out, IFA_LOCAL, ip);
    // With it, the kernel compares the prefix length too, and removes no look-alike.
    attribute(out, IFA_ADDRESS, ip);
    end(out, start);
  }

  static void listAddresses(ByteBuffer out, int sequence) {
    int start = begin(out, RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, sequence);
    out.putLong(0);
    end(out, start);
  }

  static void listLinks(ByteBuffer out, int sequence) {
    int start = begin(out, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, sequence);
    out.putLong(0).putLong(0);
    skipStatistics(out);
    end(out, start);
  }

  static void listNeighbours(ByteBuffer out, int sequence) {
    int start = begin(out, RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_DUMP, sequence);
    out.putLong(0).putInt(0);
    end(out, start);
  }

  static void getLink(ByteBuffer out, int sequence, String name) {
    int start = begin(out, RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK, sequence);
    out.putLong(0).putLong(0);
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    byte[] terminated = new byte[text.length + 1];
    System.arraycopy(text, 0, terminated, 0, text.length);
    attribute(out, IFLA_IFNAME, terminated);
    skipStatistics(out);
    end(out, start);
  }

  static int begin(ByteBuffer out, int type, int flags, int sequence) {
    int start = out.position();
    out.putInt(0).putShort((short) type).putShort((short) flags).putInt(sequence).putInt(0);
    return start;
  }

  static void end(ByteBuffer out, int start) {
    out.putInt(start, out.position() - start);
  }

  private static void addressBody(ByteBuffer out, InterfaceAddress a, boolean v6, int flags) {
    out.put((byte) (v6 ? AF_INET6 : AF_INET)).put((byte) a.prefixLength());
    out.put((byte) flags).put((byte) 0).putInt(a.ifindex());
  }

  static void attribute(ByteBuffer out, int type, byte[] value) {
    out.putShort((short) (4 + value.length)).putShort((short) type).put(value);
    while (out.position() % 4 != 0) {
      out.put((byte) 0);
    }
  }

  static void setUp(ByteBuffer out, int sequence, int ifindex, boolean up) {
    int start = begin(out, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, sequence);
    out.putInt(AF_UNSPEC).putInt(ifindex).putInt(up ? Link.IFF_UP : 0).putInt(Link.IFF_UP);
    end(out, start);
  }

  private static void skipStatistics(ByteBuffer out) {
    out.putShort((short) 8).putShort((short) IFLA_EXT_MASK).putInt(RTEXT_FILTER_SKIP_STATS);
  }

  static int length(ByteBuffer in, int at) {
    return in.getInt(at);
  }

  static int type(ByteBuffer in, int at) {
    return in.getShort(at + 4) & 0xffff;
  }

  static int flags(ByteBuffer in, int at) {
    return in.getShort(at + 6) & 0xffff;
  }

  static int sequence(ByteBuffer in, int at) {
    return in.getInt(at + 8);
  }

  /** The positive errno of an NLMSG_ERROR or NLMSG_DONE message; 0 is an acknowledgement. */
  static int errno(ByteBuffer in, int at) {
    return length(in, at) >= HEADER_BYTES + 4 ? -in.getInt(at + HEADER_BYTES) : 0;
  }

  /** The kernel's own sentence in an NLMSG_ERROR message, or an empty text. */
  static String errorText(ByteBuffer in, int at) {
    int flags = flags(in, at);
    if ((flags & NLM_F_ACK_TLVS) == 0) {
      return "";
    }
    int echoed = (flags & NLM_F_CAPPED) != 0 ? HEADER_BYTES : aligned(length(in, at + 20));
    int text = find(in, at + 20 + echoed, at + length(in, at), NLMSGERR_ATTR_MSG);
    return text < 0 ? "" : string(in, text);
  }

  /** From RTM_NEWADDR and RTM_DELADDR; empty for other families than IPv4 and IPv6. */
  static Optional<InterfaceAddress> address(ByteBuffer in, int at) {
    int body = at + HEADER_BYTES;
    int family = in.get(body) & 0xff;
    if (family != AF_INET && family != AF_INET6) {
      return Optional.empty();
    }
    int from = body + ADDRESS_BODY_BYTES;
    int end = at + length(in, at);
    // On point-to-point links IFA_ADDRESS is the other end; plain IPv6 has no IFA_LOCAL.
    int value = find(in, from, end, IFA_LOCAL);
    if (value < 0) {
      value = find(in, from, end, IFA_ADDRESS);
    }
    if (value < 0) {
      return Optional.empty();
    }
    int flags = find(in, from, end, IFA_FLAGS);
    return Optional.of(
        new InterfaceAddress(
            in.getInt(body + 4),
            ip(bytes(in, value)),
            in.get(body + 1) & 0xff,
            flags < 0 ? in.get(body + 2) & 0xff : in.getInt(flags + 4)));
  }

  /**
   * From RTM_NEWLINK and RTM_DELLINK; empty for a message of another family, which tells of a
   * bridge's port and not of the device.
   */
  static Optional<Link> link(ByteBuffer in, int at) {
    int body = at + HEADER_BYTES;
    if (in.get(body) != AF_UNSPEC) {
      return Optional.empty();
    }
    int from = body + LINK_BODY_BYTES;
    int end = at + length(in, at);
    int name = find(in, from, end, IFLA_IFNAME);
    if (name < 0) {
      return Optional.empty();
    }
    int mac = find(in, from, end, IFLA_ADDRESS);
    boolean ethernet = (in.getShort(body + 2) & 0xffff) == ARPHRD_ETHER;
    byte[] bytes = mac < 0 ? new byte[0] : bytes(in, mac);
    return Optional.of(
        new Link(
            in.getInt(body + 4),
            string(in, name),
            in.getInt(body + 8),
            ethernet && bytes.length == MacAddress.BYTES
                ? Optional.of(MacAddress.at(bytes, 0))
                : Optional.empty()));
  }

  /** From RTM_NEWNEIGH; empty unless it is an entry that got no answer, or none yet. */
  static Optional<InetAddress> unresolved(ByteBuffer in, int at) {
    int body = at + HEADER_BYTES;
    int family = in.get(body) & 0xff;
    int ip = find(in, body + NEIGHBOUR_BODY_BYTES, at + length(in, at), NDA_DST);
    boolean unusable = (in.getShort(body + 8) & NEIGHBOUR_UNUSABLE) != 0;
    return (family == AF_INET || family == AF_INET6) && unusable && ip >= 0
        ? Optional.of(ip(bytes(in, ip)))
        : Optional.empty();
  }

  /**
   * From RTM_NEWNEIGH; empty for an entry by which nothing is sent, or not to an Ethernet address.
   */
  static Optional<Neighbour> neighbour(ByteBuffer in, int at) {
    int body = at + HEADER_BYTES;
    int family = in.get(body) & 0xff;
    int from = body + NEIGHBOUR_BODY_BYTES;
    int end = at + length(in, at);
    int ip = find(in, from, end, NDA_DST);
    int mac = find(in, from, end, NDA_LLADDR);
    boolean usable = (in.getShort(body + 8) & NEIGHBOUR_UNUSABLE) == 0;
    if ((family != AF_INET && family != AF_INET6) || !usable || ip < 0 || mac < 0) {
      return Optional.empty();
    }
    byte[] address = bytes(in, mac);
    return address.length == MacAddress.BYTES
        ? Optional.of(
            new Neighbour(ip(bytes(in, ip)), in.getInt(body + 4), MacAddress.at(address, 0)))
        : Optional.empty();
  }

  /** The position of an attribute's header, or -1. */
  static int find(ByteBuffer in, int from, int end, int type) {
    int at = from;
    while (at + 4 <= end) {
      int length = in.getShort(at) & 0xffff;
      if (length < 4 || at + length > end) {
        return -1;
      }
      if ((in.getShort(at + 2) & 0x3fff) == type) {
        return at;
      }
      at += aligned(length);
    }
    return -1;
  }

  static byte[] bytes(ByteBuffer in, int attribute) {
    byte[] bytes = new byte[(in.getShort(attribute) & 0xffff) - 4];
    in.get(attribute + 4, bytes);
    return bytes;
  }

  static String string(ByteBuffer in, int attribute) {
    byte[] bytes = bytes(in, attribute);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  static int aligned(int length) {
    return (length + 3) & ~3;
  }

  private static InetAddress ip(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address of " + bytes.length + " bytes", e);
    }
  }
}
