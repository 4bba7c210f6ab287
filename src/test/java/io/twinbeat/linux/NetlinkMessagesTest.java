package io.twinbeat.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Bytes of rtnetlink messages, as a little-endian kernel reads them. */
class NetlinkMessagesTest {
  private static final InetAddress V4 = InetAddress.ofLiteral("10.77.1.1");
  private static final InetAddress V6 = InetAddress.ofLiteral("fd00:77::100");

  private final ByteBuffer buffer = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);

  private void assertWritten(String... parts) {
    byte[] written = new byte[buffer.position()];
    buffer.get(0, written);
    String wanted = String.join("", parts).replace(" ", "");
    assertEquals(wanted, HexFormat.of().formatHex(written));
  }

  private ByteBuffer read(String... parts) {
    byte[] bytes = HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void addsAnIpv4Address() {
    NetlinkMessages.addAddress(buffer, 7, new InterfaceAddress(3, V4, 24));
    assertWritten(
        "28000000 1400 0506 07000000 00000000",
        "02 18 00 00 03000000",
        "0800 0200 0a4d0101",
        "0800 0100 0a4d0101");
  }

  @Test
  void addsAnIpv6AddressWithoutDetectionAndDeprecated() {
    NetlinkMessages.addAddress(buffer, 7, new InterfaceAddress(3, V6, 64));
    assertWritten(
        "54000000 1400 0506 07000000 00000000",
        "0a 40 02 00 03000000",
        "1400 0200 fd000077000000000000000000000100",
        "1400 0100 fd000077000000000000000000000100",
        "1400 0600 00000000 ffffffff 00000000 00000000");
  }

  @Test
  void removesAnAddressOfThatPrefixLength() {
    NetlinkMessages.deleteAddress(buffer, 8, new InterfaceAddress(3, V4, 24));
    assertWritten(
        "28000000 1500 0500 08000000 00000000",
        "02 18 00 00 03000000",
        "0800 0200 0a4d0101",
        "0800 0100 0a4d0101");
  }

  @Test
  void asksForADeviceByName() {
    NetlinkMessages.getLink(buffer, 9, "eth0");
    assertWritten(
        "34000000 1200 0500 09000000 00000000",
        "00000000 00000000 00000000 00000000",
        "0900 0300 6574683000 000000",
        "0800 1d00 08000000");
  }

  @Test
  void readsAnAddressWithItsLongFlags() {
    ByteBuffer in =
        read(
            "38000000 1400 0200 01000000 00000000",
            "0a 40 80 00 02000000",
            "1400 0100 fd000077000000000000000000000100",
            "0800 0800 88000000",
            "0400 6300");
    InterfaceAddress address = NetlinkMessages.address(in, 0).orElseThrow();
    assertEquals(new InterfaceAddress(2, V6, 64, 0x88), address);
    assertEquals(true, address.unusable());
  }

  @Test
  void ownEndOfAPointToPointAddressIsRead() {
    ByteBuffer in =
        read(
            "28000000 1400 0200 01000000 00000000",
            "02 20 00 00 02000000",
            "0800 0100 0a4d0102",
            "0800 0200 0a4d0101");
    assertEquals(V4, NetlinkMessages.address(in, 0).orElseThrow().ip());
  }

  @Test
  void readsADevice() {
    ByteBuffer in =
        read(
            "38000000 1000 0000 01000000 00000000",
            "00 00 0100 02000000 43100100 00000000",
            "0900 0300 6574683000 000000",
            "0a00 0100 020000000902 0000");
    Link link = NetlinkMessages.link(in, 0).orElseThrow();
    assertEquals(
        new Link(2, "eth0", 0x11043, Optional.of(MacAddress.parse("02:00:00:00:09:02"))), link);
    assertEquals(true, link.carrier());
    assertEquals(false, new Link(2, "eth0", 0x1003, Optional.empty()).carrier());
  }

  @Test
  void bridgePortThatLeavesIsNoDeviceThatLeaves() {
    ByteBuffer in =
        read(
            "2c000000 1100 0000 01000000 00000000",
            "07 00 0100 02000000 43100100 00000000",
            "0900 0300 6574683000 000000");
    assertEquals(Optional.empty(), NetlinkMessages.link(in, 0));
  }

  @Test
  void readsAnErrorWithTheKernelsSentence() {
    ByteBuffer in =
        read(
            "30000000 0200 0003 05000000 00000000",
            "f3ffffff",
            "28000000 1400 0506 05000000 00000000",
            "0b00 0100 6e6f206e6f2100 00");
    assertEquals(13, NetlinkMessages.errno(in, 0));
    assertEquals("no no!", NetlinkMessages.errorText(in, 0));
  }

  @Test
  void brokenAttributesEndTheReading() {
    ByteBuffer in =
        read("20000000 1400 0200 01000000 00000000", "02 18 00 00 02000000", "ff00 0200 0a4d0101");
    assertEquals(Optional.empty(), NetlinkMessages.address(in, 0));
    in.putShort(24, (short) 0);
    assertEquals(Optional.empty(), NetlinkMessages.address(in, 0));
  }

  private static final String NEIGHBOUR_ENDS = "0800 0100 0a4d0101 0a00 0200 02deadbeef01 0000";

  @Test
  void readsANeighbour() {
    String head = "30000000 1c00 0200 07000000 00000000 02 00 0000 03000000 ";
    Neighbour permanent = new Neighbour(V4, 3, MacAddress.parse("02:de:ad:be:ef:01"));
    assertEquals(
        Optional.of(permanent),
        NetlinkMessages.neighbour(read(head, "8000 00 01", NEIGHBOUR_ENDS), 0));
    assertEquals(
        Optional.empty(),
        NetlinkMessages.neighbour(read(head, "2000 00 01", NEIGHBOUR_ENDS), 0),
        "failed: it keeps the old address, and nothing is sent to it");
  }

  @Test
  void readsWhoIsNotResolved() {
    String head = "30000000 1c00 0200 07000000 00000000 02 00 0000 03000000 ";
    for (String state : List.of("0100", "2000")) {
      assertEquals(
          Optional.of(V4),
          NetlinkMessages.unresolved(read(head, state + " 00 01", NEIGHBOUR_ENDS), 0));
    }
    for (String state : List.of("0200", "0400", "0800", "1000", "8000")) {
      assertEquals(
          Optional.empty(),
          NetlinkMessages.unresolved(read(head, state + " 00 01", NEIGHBOUR_ENDS), 0));
    }
  }
}
