package io.twinbeat.address;

import io.twinbeat.linux.MacAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** What a frame from the network says: this hardware address has that IP address. */
record Claim(InetAddress ip, MacAddress mac) {
  private static final int ARP_HEADER = 0x0001_0800;
  private static final int ARP_LENGTHS = 0x0604;
  private static final int ND_BYTES_MIN = 78;
  private static final int ICMPV6 = 58;
  private static final int HOP_LIMIT = 255;
  private static final int ADVERTISEMENT = 136;
  private static final int TARGET_LINK_LAYER_ADDRESS = 2;
  private static final byte[] NOBODY = new byte[4];

  /** From an ARP request or reply; empty for a probe, which claims nothing, and for nonsense. */
  static Optional<Claim> arp(byte[] frame) {
    if (frame.length < Frames.ARP_BYTES
        || ((get16(frame, 14) << 16) | get16(frame, 16)) != ARP_HEADER
        || get16(frame, 18) != ARP_LENGTHS) {
      return Optional.empty();
    }
    byte[] sender = Arrays.copyOfRange(frame, 28, 32);
    return Arrays.equals(sender, NOBODY) ? Optional.empty() : of(sender, MacAddress.at(frame, 22));
  }

  /** From a neighbour advertisement; empty for anything else. */
  static Optional<Claim> neighbourAdvertisement(byte[] frame) {
    if (frame.length < ND_BYTES_MIN
        || (frame[20] & 0xff) != ICMPV6
        || (frame[21] & 0xff) != HOP_LIMIT
        || (frame[54] & 0xff) != ADVERTISEMENT) {
      return Optional.empty();
    }
    MacAddress mac = MacAddress.at(frame, 6);
    int at = ND_BYTES_MIN;
    while (at + 8 <= frame.length && frame[at + 1] != 0) {
      if (frame[at] == TARGET_LINK_LAYER_ADDRESS) {
        mac = MacAddress.at(frame, at + 2);
      }
      at += (frame[at + 1] & 0xff) * 8;
    }
    return of(Arrays.copyOfRange(frame, 62, 78), mac);
  }

  private static Optional<Claim> of(byte[] ip, MacAddress mac) {
    if (mac.bits() == 0 || mac.isMulticast()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Claim(InetAddress.getByAddress(ip), mac));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int get16(byte[] frame, int at) {
    return ((frame[at] & 0xff) << 8) | (frame[at + 1] & 0xff);
  }
}
