package io.twinbeat.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinbeat.linux.IpvsDestination.Connections;
import io.twinbeat.linux.IpvsDestination.Counted;
import io.twinbeat.linux.IpvsDestination.Method;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Bytes of IPVS messages, as a little-endian kernel reads and writes them. */
class IpvsMessagesTest {
  private static final int FAMILY = 0x1d;
  private static final InetAddress V4 = InetAddress.ofLiteral("10.0.0.1");
  private static final InetAddress V6 = InetAddress.ofLiteral("2001:db8::1");
  private static final IpvsService.Key WEB = new IpvsService.Key.Address(V4, 80, IpvsService.TCP);
  private static final IpvsService.Key WEB6 = new IpvsService.Key.Address(V6, 443, IpvsService.UDP);

  private final ByteBuffer buffer = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);

  private void assertWritten(String... parts) {
    byte[] written = new byte[buffer.position()];
    buffer.get(0, written);
    String wanted = String.join("", parts).replace(" ", "");
    assertEquals(wanted, HexFormat.of().formatHex(written));
  }

  private static ByteBuffer read(String... parts) {
    byte[] bytes = HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static final String KEY_V4 =
      "0600 0100 0200 0000" // family
          + "0600 0200 0600 0000" // protocol
          + "1400 0300 0a000001 00000000 00000000 00000000"
          + "0600 0400 0050 0000"; // port, big-endian

  @Test
  void asksForTheFamily() {
    IpvsMessages.getFamily(buffer, 1, "IPVS");
    assertWritten(
        "20000000 1000 0500 01000000 00000000 03 01 0000", "0900 0200 49505653 00 000000");
    ByteBuffer answer =
        read(
            "24000000 1000 0000 01000000 00000000 01 02 0000",
            "0600 0100 1d00 0000",
            "08000200 41420000");
    assertEquals(Optional.of(FAMILY), IpvsMessages.familyId(answer, 0));
  }

  @Test
  void addsAPersistentService() {
    int flags = IpvsService.PERSISTENT | IpvsService.SCHEDULER_2;
    IpvsMessages.change(
        buffer, FAMILY, 7, new IpvsChange.AddService(new IpvsService(WEB, "mh", flags, 300, 24)));
    assertWritten(
        "68000000 1d00 0500 07000000 00000000 01 01 0000",
        "5400 0180",
        KEY_V4,
        "0700 0600 6d6800 00",
        "0c00 0700 11000000 3d000000",
        "0800 0800 2c010000",
        "0800 0900 ffffff00");
  }

  @Test
  void anIpv6ServiceHasAPrefixLengthForAMask() {
    IpvsMessages.change(
        buffer, FAMILY, 7, new IpvsChange.EditService(new IpvsService(WEB6, "rr", 0, 0, 128)));
    assertEquals(2, buffer.get(16));
    assertEquals(128, buffer.getInt(buffer.position() - 4));
  }

  @Test
  void aMarkHasNeitherAddressNorProtocol() {
    IpvsMessages.change(
        buffer, FAMILY, 7, new IpvsChange.RemoveService(new IpvsService.Key.Mark(5, true)));
    assertWritten(
        "28000000 1d00 0500 07000000 00000000 03 01 0000",
        "1400 0180",
        "0600 0100 0a00 0000",
        "0800 0500 05000000");
  }

  @Test
  void addsADestination() {
    IpvsDestination web1 =
        new IpvsDestination(InetAddress.ofLiteral("10.0.1.2"), 8080, Method.TUNNEL, 3, 100, 80, 0);
    IpvsMessages.change(buffer, FAMILY, 8, new IpvsChange.AddDestination(WEB, web1));
    assertWritten(
        "8c000000 1d00 0500 08000000 00000000 05 01 0000",
        "3000 0180",
        KEY_V4,
        "4800 0280",
        "1400 0100 0a000102 00000000 00000000 00000000",
        "0600 0200 1f90 0000",
        "0600 0b00 0200 0000",
        "0800 0300 02000000",
        "0800 0400 03000000",
        "0800 0500 64000000",
        "0800 0600 50000000");
  }

  @Test
  void whatIsWrittenIsRead() {
    for (IpvsService service :
        new IpvsService[] {
          new IpvsService(WEB, "wlc", 0, 0, 32),
          new IpvsService(WEB, "sh", IpvsService.PERSISTENT, 360, 16),
          new IpvsService(WEB6, "mh", IpvsService.ONE_PACKET | IpvsService.SCHEDULER_1, 0, 128),
          new IpvsService(new IpvsService.Key.Mark(7, false), "rr", 0, 0, 32),
          new IpvsService(new IpvsService.Key.Mark(7, true), "rr", 0, 0, 128)
        }) {
      buffer.clear();
      IpvsMessages.change(buffer, FAMILY, 1, new IpvsChange.AddService(service));
      assertEquals(Optional.of(service), IpvsMessages.service(buffer, 0));
      assertEquals(Optional.empty(), IpvsMessages.destination(buffer, 0));
    }
    for (Method method : Method.values()) {
      buffer.clear();
      IpvsDestination destination = new IpvsDestination(V6, 1, method, 65535, 0, 0, 0);
      IpvsMessages.change(buffer, FAMILY, 1, new IpvsChange.EditDestination(WEB6, destination));
      assertEquals(
          Optional.of(new Counted(destination, Connections.NONE)),
          IpvsMessages.destination(buffer, 0));
    }
    buffer.clear();
    IpvsSyncDaemon daemon = new IpvsSyncDaemon(IpvsSyncDaemon.Role.BACKUP, "eth1", 7);
    IpvsMessages.startDaemon(buffer, FAMILY, 1, daemon);
    assertEquals(Optional.of(daemon), IpvsMessages.daemon(buffer, 0));
  }

  /** The kernel has a bit of its own among the flags, and tells a timeout that does not hold. */
  @Test
  void readsWhatTheKernelAddsOfItsOwn() {
    buffer.clear();
    IpvsMessages.change(
        buffer, FAMILY, 1, new IpvsChange.AddService(new IpvsService(WEB, "rr", 2, 360, 32)));
    assertEquals(
        Optional.of(new IpvsService(WEB, "rr", 0, 0, 32)), IpvsMessages.service(buffer, 0));
  }

  @Test
  void readsConnectionsAndTunnels() {
    ByteBuffer in =
        read(
            "6c000000 1d00 0200 01000000 00000000 05 01 0000",
            "5800 0280",
            "1400 0100 0a000102 00000000 00000000 00000000",
            "0600 0200 0050 0000",
            "0800 0300 02000000",
            "0800 0400 01000000",
            "0800 0700 03000000",
            "0800 0800 04000000",
            "0800 0900 05000000",
            "0600 0b00 0200 0000",
            "0500 0d00 01 000000");
    assertEquals(
        Optional.of(
            new Counted(
                new IpvsDestination(
                    InetAddress.ofLiteral("10.0.1.2"), 80, Method.TUNNEL, 1, 0, 0, 1),
                new Connections(3, 4, 5))),
        IpvsMessages.destination(in, 0));
  }
}
