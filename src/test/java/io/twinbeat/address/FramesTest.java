package io.twinbeat.address;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinbeat.linux.MacAddress;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Frames, byte by byte against RFC 826, RFC 5227 and RFC 4861. */
class FramesTest {
  private static final MacAddress OWN = MacAddress.parse("02:00:00:00:09:02");
  private static final InetAddress V4 = InetAddress.ofLiteral("10.77.1.1");
  private static final InetAddress V6 = InetAddress.ofLiteral("fd00:77::100");

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static byte[] bytes(String... parts) {
    return HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
  }

  @Test
  void arpAnnouncementIsARequestForItself() {
    assertEquals(
        hex(
            bytes(
                "ffffffffffff 020000000902 0806",
                "0001 0800 06 04 0001",
                "020000000902 0a4d0101",
                "ffffffffffff 0a4d0101")),
        hex(Frames.arpAnnouncement(OWN, V4)));
  }

  @Test
  void arpProbeHasNoSender() {
    assertEquals(
        hex(
            bytes(
                "ffffffffffff 020000000902 0806",
                "0001 0800 06 04 0001",
                "020000000902 00000000",
                "000000000000 0a4d0101")),
        hex(Frames.arpProbe(OWN, V4)));
  }

  @Test
  void neighbourAdvertisementOverridesAndIsChecksummed() {
    assertEquals(
        hex(
            bytes(
                "333300000001 020000000902 86dd",
                "60000000 0020 3a ff",
                "fd000077000000000000000000000100",
                "ff020000000000000000000000000001",
                "88 00 4eae 20000000",
                "fd000077000000000000000000000100",
                "02 01 020000000902")),
        hex(Frames.neighbourAdvertisement(OWN, V6, false)));
  }

  @Test
  void routerSaysSo() {
    byte[] frame = Frames.neighbourAdvertisement(OWN, V6, true);
    assertEquals(0xa0, frame[58] & 0xff);
  }

  @Test
  void neighbourProbeGoesToTheSolicitedNodesGroup() {
    assertEquals(
        hex(
            bytes(
                "3333ff000100 020000000902 86dd",
                "60000000 0018 3a ff",
                "00000000000000000000000000000000",
                "ff0200000000000000000001ff000100",
                "87 00 7b30 00000000",
                "fd000077000000000000000000000100")),
        hex(Frames.neighbourProbe(OWN, V6)));
  }

  @Test
  void announcementsAreClaimsAndProbesAreNot() {
    assertEquals(Optional.of(new Claim(V4, OWN)), Claim.arp(Frames.arpAnnouncement(OWN, V4)));
    assertEquals(Optional.empty(), Claim.arp(Frames.arpProbe(OWN, V4)));
    assertEquals(
        Optional.of(new Claim(V6, OWN)),
        Claim.neighbourAdvertisement(Frames.neighbourAdvertisement(OWN, V6, false)));
    assertEquals(Optional.empty(), Claim.neighbourAdvertisement(Frames.neighbourProbe(OWN, V6)));
  }

  @Test
  void nonsenseClaimsNothing() {
    byte[] arp = Frames.arpAnnouncement(OWN, V4);
    for (int length = 0; length < arp.length; length++) {
      assertEquals(Optional.empty(), Claim.arp(java.util.Arrays.copyOf(arp, length)));
    }
    byte[] otherLengths = arp.clone();
    otherLengths[19] = 16;
    assertEquals(Optional.empty(), Claim.arp(otherLengths));
    assertEquals(Optional.empty(), Claim.arp(Frames.arpAnnouncement(MacAddress.BROADCAST, V4)));
    assertEquals(Optional.empty(), Claim.arp(Frames.arpAnnouncement(new MacAddress(0), V4)));

    byte[] routed = Frames.neighbourAdvertisement(OWN, V6, false);
    routed[21] = 64;
    assertEquals(Optional.empty(), Claim.neighbourAdvertisement(routed));
    byte[] endless = Frames.neighbourAdvertisement(OWN, V6, false);
    endless[79] = 0;
    assertEquals(OWN, Claim.neighbourAdvertisement(endless).orElseThrow().mac());
    byte[] cut = java.util.Arrays.copyOf(endless, 80);
    assertEquals(OWN, Claim.neighbourAdvertisement(cut).orElseThrow().mac());
  }
}
