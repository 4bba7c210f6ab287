package io.twinbeat.address;

import io.twinbeat.linux.Checksums;
import io.twinbeat.linux.MacAddress;
import java.net.InetAddress;

/**
 * Ethernet frames that tell neighbours of an address or ask for one: ARP (RFC 826, RFC 5227) and
 * neighbour discovery (RFC 4861).
 */
final class Frames {
  static final int ARP_BYTES = 42;
  static final int ETHERNET_BYTES = 14;
  private static final int IPV6_BYTES = 40;
  private static final int ETHERTYPE_ARP = 0x0806;
  private static final int ETHERTYPE_IPV6 = 0x86dd;
  private static final int ARP_REQUEST = 1;
  private static final int ICMPV6 = 58;
  private static final int HOP_LIMIT = 255;
  private static final int SOLICITATION = 135;
  private static final int ADVERTISEMENT = 136;
  private static final int TARGET_LINK_LAYER_ADDRESS = 2;
  private static final int FLAG_ROUTER = 0x80;
  private static final int FLAG_OVERRIDE = 0x20;
  private static final MacAddress ALL_NODES_MAC = new MacAddress(0x3333_0000_0001L);
  private static final byte[] ALL_NODES = {
    (byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
  };
  private static final byte[] UNSPECIFIED = new byte[16];

  private Frames() {}

  /**
   * RFC 5227's announcement. In request form, because replies are ignored by some switches and, for
   * a second after the last change, by Linux.
   */
  static byte[] arpAnnouncement(MacAddress own, InetAddress ip) {
    byte[] address = ip.getAddress();
    return arp(own, address, MacAddress.BROADCAST, address);
  }

  /** RFC 5227's probe: its empty sender address changes nobody's cache. */
  static byte[] arpProbe(MacAddress own, InetAddress ip) {
    return arp(own, new byte[4], new MacAddress(0), ip.getAddress());
  }

  /**
   * An everyday question. Linux answers it for every address of the machine, unless arp_ignore says
   * otherwise; a probe only for those of the device that it came in on.
   */
  static byte[] arpRequest(MacAddress own, InetAddress ownIp, InetAddress asked) {
    return arp(own, ownIp.getAddress(), new MacAddress(0), asked.getAddress());
  }

  private static byte[] arp(MacAddress own, byte[] sender, MacAddress target, byte[] asked) {
    byte[] frame = new byte[ARP_BYTES];
    ethernet(frame, MacAddress.BROADCAST, own, ETHERTYPE_ARP);
    put16(frame, 14, 1);
    put16(frame, 16, 0x0800);
    frame[18] = MacAddress.BYTES;
    frame[19] = 4;
    put16(frame, 20, ARP_REQUEST);
    own.put(frame, 22);
    System.arraycopy(sender, 0, frame, 28, 4);
    target.put(frame, 32);
    System.arraycopy(asked, 0, frame, 38, 4);
    return frame;
  }

  /** Unsolicited, to all nodes, overriding what they knew; {@code router}: this node forwards. */
  static byte[] neighbourAdvertisement(MacAddress own, InetAddress ip, boolean router) {
    byte[] address = ip.getAddress();
    byte[] frame = new byte[ETHERNET_BYTES + IPV6_BYTES + 32];
    ethernet(frame, ALL_NODES_MAC, own, ETHERTYPE_IPV6);
    icmpv6(frame, address, ALL_NODES, ADVERTISEMENT);
    frame[58] = (byte) (FLAG_OVERRIDE | (router ? FLAG_ROUTER : 0));
    System.arraycopy(address, 0, frame, 62, 16);
    frame[78] = TARGET_LINK_LAYER_ADDRESS;
    frame[79] = 1;
    own.put(frame, 80);
    checksum(frame);
    return frame;
  }

  /** Duplicate address detection's question (RFC 4862): from nobody, to the solicited node. */
  static byte[] neighbourProbe(MacAddress own, InetAddress ip) {
    byte[] address = ip.getAddress();
    byte[] group = {
      (byte) 0xff,
      2,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      1,
      (byte) 0xff,
      address[13],
      address[14],
      address[15]
    };
    byte[] mac = {0x33, 0x33, (byte) 0xff, address[13], address[14], address[15]};
    byte[] frame = new byte[ETHERNET_BYTES + IPV6_BYTES + 24];
    ethernet(frame, MacAddress.at(mac, 0), own, ETHERTYPE_IPV6);
    icmpv6(frame, UNSPECIFIED, group, SOLICITATION);
    System.arraycopy(address, 0, frame, 62, 16);
    checksum(frame);
    return frame;
  }

  private static void ethernet(byte[] frame, MacAddress to, MacAddress from, int type) {
    to.put(frame, 0);
    from.put(frame, 6);
    put16(frame, 12, type);
  }

  private static void icmpv6(byte[] frame, byte[] from, byte[] to, int type) {
    frame[14] = 0x60;
    put16(frame, 18, frame.length - ETHERNET_BYTES - IPV6_BYTES);
    frame[20] = ICMPV6;
    frame[21] = (byte) HOP_LIMIT;
    System.arraycopy(from, 0, frame, 22, 16);
    System.arraycopy(to, 0, frame, 38, 16);
    frame[54] = (byte) type;
  }

  /** Over the pseudo header (addresses, length, protocol) and the message. */
  private static void checksum(byte[] frame) {
    int length = frame.length - ETHERNET_BYTES - IPV6_BYTES;
    put16(frame, 56, Checksums.of(frame, 22, frame.length, length + ICMPV6));
  }

  private static void put16(byte[] frame, int at, int value) {
    frame[at] = (byte) (value >> 8);
    frame[at + 1] = (byte) value;
  }
}
