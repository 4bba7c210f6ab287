package io.twinbeat.lvs.realserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.lvs.realserver.Duty.Forwarding;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Up is idempotent and silent before it is present; down puts back what was, whatever died. */
class ChangesTest {
  private static final String VIP = "10.10.10.100";
  private static final String ALL_IGNORE = "net/ipv4/conf/all/arp_ignore";

  @TempDir Path directory;
  private final Paper paper = new Paper();

  private static Duty duty(Forwarding mode, String vip) {
    InetAddress self = InetAddress.ofLiteral(vip.contains(":") ? "fd00::31" : "10.10.10.31");
    return new Duty(InetAddress.ofLiteral(vip), mode, self, false, Optional.empty());
  }

  private Changes changes() throws IOException {
    return changes("this boot");
  }

  private Changes changes(String life) throws IOException {
    return new Changes(paper, Memory.read(directory.resolve("m"), life));
  }

  private void up(Duty... duties) throws IOException {
    changes().up(List.of(duties));
  }

  @Test
  void addressComesLastAndGoesFirst() throws Exception {
    up(duty(Forwarding.DR, VIP), duty(Forwarding.DR, "fd00::100"));
    assertEquals(
        List.of(
            "net/ipv4/conf/all/arp_ignore=1",
            "net/ipv4/conf/all/arp_announce=2",
            "net/ipv4/conf/lo/arp_ignore=1",
            "net/ipv4/conf/lo/arp_announce=2",
            "+10.10.10.100/32 dev lo",
            "+fd00:0:0:0:0:0:0:100/128 dev lo"),
        paper.changes);
    paper.changes.clear();
    changes().down();
    assertEquals("-fd00:0:0:0:0:0:0:100/128 dev lo", paper.changes.get(0));
    assertEquals("-10.10.10.100/32 dev lo", paper.changes.get(1));
    assertEquals(6, paper.changes.size());
  }

  @Test
  void secondUpChangesNothing() throws Exception {
    for (Forwarding mode : Forwarding.values()) {
      up(duty(mode, VIP));
      paper.changes.clear();
      Changes again = changes();
      again.up(List.of(duty(mode, VIP)));
      assertEquals(List.of(), again.said(), mode.name());
      assertEquals(List.of(), paper.changes, mode.name());
      changes().down();
    }
  }

  @Test
  void downPutsBackWhatWasFound() throws Exception {
    for (Forwarding mode : Forwarding.values()) {
      paper.values.put("net/ipv4/conf/all/rp_filter", "2");
      paper.values.put("net/ipv4/conf/lo/arp_announce", "1");
      if (mode == Forwarding.TUN) {
        paper.load("ipip"); // Stays, switched off.
      }
      String before = paper.picture();
      up(duty(mode, VIP));
      changes().down();
      assertEquals(before, paper.picture(), mode.name());
      assertFalse(Files.exists(directory.resolve("m")));
      changes().down();
      assertEquals(before, paper.picture(), mode.name());
    }
  }

  @Test
  void deathAtAnyChangeIsMendedByDownAndByUp() throws Exception {
    paper.load("ipip");
    paper.values.put("net/ipv4/conf/all/rp_filter", "1");
    String before = paper.picture();
    Duty[] duties = {duty(Forwarding.TUN, VIP), duty(Forwarding.DR, "10.10.10.101")};
    up(duties);
    int total = paper.changes.size();
    String after = paper.picture();
    assertTrue(total >= 8, "only " + total);
    for (int lived = 0; lived < total; lived++) {
      changes().down();
      assertEquals(before, paper.picture());
      paper.left = lived;
      assertThrows(Paper.Died.class, () -> up(duties));
      paper.left = Integer.MAX_VALUE;
      if (lived % 2 == 0) {
        changes().down();
        assertEquals(before, paper.picture(), "died after " + lived);
      }
      up(duties);
      assertEquals(after, paper.picture(), "died after " + lived);
      paper.left = lived;
      assertThrows(Paper.Died.class, () -> changes().down());
      paper.left = Integer.MAX_VALUE;
      changes().down();
      assertEquals(before, paper.picture(), "died in down after " + lived);
      up(duties);
      assertEquals(after, paper.picture());
    }
  }

  @Test
  void whatWasThereBeforeStays() throws Exception {
    Setting.Local address = new Setting.Local("lo", InetAddress.ofLiteral(VIP));
    paper.addresses.add(address);
    paper.values.put(ALL_IGNORE, "2");
    up(duty(Forwarding.DR, VIP));
    assertEquals("2", paper.values.get(ALL_IGNORE));
    changes().down();
    assertTrue(paper.addresses.contains(address));
    assertEquals("2", paper.values.get(ALL_IGNORE));
  }

  @Test
  void whatSomebodyElseSetSinceStays() throws Exception {
    up(duty(Forwarding.DR, VIP));
    paper.values.put(ALL_IGNORE, "8");
    Changes down = changes();
    down.down();
    assertEquals("8", paper.values.get(ALL_IGNORE));
    assertTrue(down.said().contains(ALL_IGNORE + " is 8, which somebody else set: left alone"));
  }

  @Test
  void changedFileUndoesWhatItNoLongerAsks() throws Exception {
    paper.load("ipip");
    String before = paper.picture();
    up(duty(Forwarding.TUN, VIP), duty(Forwarding.DR, "10.10.10.101"));
    up(duty(Forwarding.DR, "10.10.10.101"));
    assertEquals(1, paper.addresses.size());
    assertEquals(Optional.of(false), paper.isUp("tunl0"));
    assertEquals("1", paper.values.get(ALL_IGNORE));
    up();
    assertEquals(before, paper.picture());
  }

  @Test
  void onlyTheTunnelLosesTheFilter() throws Exception {
    paper.values.put("net/ipv4/conf/all/rp_filter", "1");
    paper.values.put("net/ipv4/conf/eth0/rp_filter", "0");
    paper.devices.put("eth1", true);
    paper.conf("eth1");
    paper.values.put("net/ipv4/conf/eth1/rp_filter", "2");
    up(duty(Forwarding.TUN, VIP));
    assertEquals("0", paper.values.get("net/ipv4/conf/all/rp_filter"));
    assertEquals("0", paper.values.get("net/ipv4/conf/tunl0/rp_filter"));
    assertEquals("1", paper.values.get("net/ipv4/conf/eth0/rp_filter"));
    assertEquals("2", paper.values.get("net/ipv4/conf/eth1/rp_filter"));
  }

  @Test
  void memoryOfAnotherBootIsVoid() throws Exception {
    up(duty(Forwarding.DR, VIP));
    Paper rebooted = new Paper();
    String before = rebooted.picture();
    new Changes(rebooted, Memory.read(directory.resolve("m"), "next boot")).down();
    assertEquals(before, rebooted.picture());
  }

  @Test
  void memoryThatIsNoneIsNotGuessedAt() throws Exception {
    for (String text : List.of("", "{}", "{\"format\":1,\"life\":\"this boot\",\"done\":[{}]}")) {
      Files.writeString(directory.resolve("m"), text);
      assertThrows(IOException.class, this::changes, text);
    }
  }

  @Test
  void kernelWithoutTheTunnelIsSaid() {
    IOException e = assertThrows(IOException.class, () -> up(duty(Forwarding.TUN, "fd00::100")));
    assertEquals("this kernel has no ip6_tunnel", e.getMessage());
    assertEquals(List.of(), paper.changes);
  }
}
