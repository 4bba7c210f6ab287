package io.twinbeat.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Filter programs, run by a small interpreter of the instructions that they use. */
class PacketFilterTest {
  private static byte[] ip(String text) {
    return InetAddress.ofLiteral(text).getAddress();
  }

  private static byte[] arpFrom(String sender) {
    byte[] frame = new byte[42];
    System.arraycopy(ip(sender), 0, frame, 28, 4);
    return frame;
  }

  private static byte[] icmpv6(int nextHeader, int type, String target) {
    byte[] frame = new byte[86];
    frame[20] = (byte) nextHeader;
    frame[54] = (byte) type;
    System.arraycopy(ip(target), 0, frame, 62, 16);
    return frame;
  }

  private static boolean accepts(PacketFilter filter, byte[] frame) {
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    int accumulator = 0;
    int at = 0;
    while (true) {
      PacketFilter.Instruction i = filter.program().get(at++);
      switch (i.code()) {
        case 0x20 -> {
          if (i.constant() + 4 > frame.length) {
            return false;
          }
          accumulator = bytes.getInt(i.constant());
        }
        case 0x30 -> accumulator = bytes.get(i.constant()) & 0xff;
        case 0x15 -> at += accumulator == i.constant() ? i.whenTrue() : i.whenFalse();
        case 0x06 -> {
          return i.constant() != 0;
        }
        default -> throw new AssertionError("instruction " + i);
      }
    }
  }

  @Test
  void onlyArpFromOurAddressesPasses() {
    PacketFilter filter = PacketFilter.arpFrom(List.of(ip("10.0.0.1"), ip("203.0.113.9")));
    assertTrue(accepts(filter, arpFrom("10.0.0.1")));
    assertTrue(accepts(filter, arpFrom("203.0.113.9")));
    assertFalse(accepts(filter, arpFrom("10.0.0.2")));
    assertFalse(accepts(filter, arpFrom("0.0.0.0")));
    assertFalse(accepts(filter, new byte[20]));
    assertFalse(accepts(PacketFilter.arpFrom(List.of()), arpFrom("10.0.0.1")));
  }

  @Test
  void onlyTcpFromTheAddressPasses() {
    byte[] v4 = new byte[60];
    v4[23] = 6;
    System.arraycopy(ip("10.0.0.1"), 0, v4, 26, 4);
    assertTrue(accepts(PacketFilter.tcpFrom(ip("10.0.0.1")), v4));
    assertFalse(accepts(PacketFilter.tcpFrom(ip("10.0.0.2")), v4));
    v4[23] = 17;
    assertFalse(accepts(PacketFilter.tcpFrom(ip("10.0.0.1")), v4));
    byte[] v6 = new byte[80];
    v6[20] = 6;
    System.arraycopy(ip("fd00::5:1"), 0, v6, 22, 16);
    assertTrue(accepts(PacketFilter.tcpFrom(ip("fd00::5:1")), v6));
    assertFalse(accepts(PacketFilter.tcpFrom(ip("fd00::5:2")), v6));
  }

  @Test
  void onlyAdvertisementsOfOurAddressesPass() {
    PacketFilter filter = PacketFilter.neighbourAdvertisementsOf(List.of(ip("fd00::5:1")));
    assertTrue(accepts(filter, icmpv6(58, 136, "fd00::5:1")));
    assertFalse(accepts(filter, icmpv6(58, 136, "fd00::5:2")));
    assertFalse(accepts(filter, icmpv6(58, 135, "fd00::5:1")));
    assertFalse(accepts(filter, icmpv6(6, 136, "fd00::5:1")));
  }

  @Test
  void thousandAddressesFitAndMoreAreLetThrough() {
    List<byte[]> many = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      many.add(ip("10.1." + i / 250 + "." + i % 250));
    }
    PacketFilter filter = PacketFilter.arpFrom(many);
    assertTrue(accepts(filter, arpFrom("10.1.3.249")));
    assertFalse(accepts(filter, arpFrom("10.1.4.0")));
    for (int i = 0; i < 2000; i++) {
      many.add(ip("10.2." + i / 250 + "." + i % 250));
    }
    PacketFilter open = PacketFilter.arpFrom(many);
    assertTrue(open.program().size() <= 4096);
    assertTrue(accepts(open, arpFrom("10.99.0.0")));
  }

  @Test
  void addressIsComparedInNetworkOrder() {
    PacketFilter filter = PacketFilter.arpFrom(List.of(ip("10.0.0.1")));
    assertEquals("0a000001", HexFormat.of().toHexDigits(filter.program().get(1).constant()));
  }
}
