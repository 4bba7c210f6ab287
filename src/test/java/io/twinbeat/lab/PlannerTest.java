package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.Reading;
import io.twinbeat.config.SiteReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerTest {
  @TempDir Path folder;

  private static SitePlan plan(String text) {
    Reading reading = SiteReader.read(text, "test");
    return Planner.plan(assertInstanceOf(Reading.Good.class, reading, () -> "" + reading).site());
  }

  private static List<String> addresses(SitePlan plan, String node) {
    return plan.node(node).ports().stream()
        .map(p -> p.lan() + " " + p.device() + " " + String.join(",", p.addresses()))
        .toList();
  }

  @Test
  void theBuiltInSiteIsRightForBothFences() {
    for (LabOptions.Fence fence : LabOptions.Fence.values()) {
      Reading reading = SiteReader.read(SiteFiles.builtIn(fence), "built-in");
      Reading.Good good = assertInstanceOf(Reading.Good.class, reading, () -> "" + reading);
      assertEquals(List.of(), good.warnings());
    }
    assertNull(plan(SiteFiles.builtIn(LabOptions.Fence.HOOK)).node("lb1").bmc());
  }

  @Test
  void linksGetLansOfTheirOwn() {
    SitePlan plan = plan(SiteFiles.builtIn(LabOptions.Fence.IPMI));
    assertEquals(
        List.of(
            "service eth0 10.10.10.11/24",
            "link0 eth1 192.168.76.1/24",
            "link1 eth2 192.168.77.1/24",
            "bmc eth3 10.10.20.1/24"),
        addresses(plan, "lb1"));
    assertEquals(List.of("10.10.10.1/24"), plan.lan("service").switchAddresses());
    assertEquals("10.10.10.50/24", plan.client());
    assertEquals("10.10.20.12", plan.node("lb2").bmc().address());
    assertEquals(List.of("service", "link0", "link1", "bmc"), plan.linkNames());
  }

  @Test
  void aLinkMayShareTheServiceLan() throws Exception {
    SitePlan plan = plan(Files.readString(Path.of("resources/examples/pair.yaml")));
    assertEquals(
        List.of(
            "service eth0 10.10.10.11/24", "link1 eth1 192.168.77.1/24", "bmc eth2 10.10.20.1/24"),
        addresses(plan, "lb1"));
    assertEquals("service", plan.links().getFirst().lan());
    assertTrue(plan.linkNames().contains("link0"), () -> "" + plan.linkNames());
  }

  @Test
  void referencePointsElsewhereAreMachinesBehindTheSwitch() {
    String text =
        SiteFiles.builtIn(LabOptions.Fence.HOOK)
            .replace("reference-points: [10.10.10.1]", "reference-points: [172.16.0.9]");
    SitePlan plan = plan(text);
    assertEquals(List.of("172.16.0.9"), plan.outside());
    assertEquals(List.of("10.10.10.254/24"), plan.lan("service").switchAddresses());
  }

  @Test
  void anAddressWithoutANetworkStillGetsOne() {
    String text =
        SiteFiles.builtIn(LabOptions.Fence.HOOK).replace("10.10.10.100/24", "10.10.10.100/32");
    assertEquals("service eth0 10.10.10.11/24", addresses(plan(text), "lb1").getFirst());
  }

  @Test
  void ipv6() {
    String text =
        SiteFiles.builtIn(LabOptions.Fence.HOOK)
            .replace("10.10.10.100/24", "2001:db8::100/64")
            .replace("10.10.10.1]", "2001:db8::1]");
    SitePlan plan = plan(text);
    assertEquals("service eth0 2001:db8:0:0:0:0:0:b/64", addresses(plan, "lb1").getFirst());
    assertEquals(List.of("2001:db8:0:0:0:0:0:1/64"), plan.lan("service").switchAddresses());
  }

  @Test
  void linksThatCannotMeetAreAnError() {
    String text = SiteFiles.builtIn(LabOptions.Fence.HOOK).replace("192.168.77.2", "192.168.99.2");
    LabException e = assertThrows(LabException.class, () -> plan(text));
    assertEquals("link 1: 192.168.77.1 and 192.168.99.2 are on no common network", e.getMessage());
  }

  @Test
  void tiersShareTheirNetworks() throws Exception {
    SitePlan plan = plan(Files.readString(Path.of("resources/site-three-tiers.yaml")));
    assertEquals(
        List.of(
            "service eth0 10.10.10.11/24", "link1 eth1 192.168.77.1/24", "bmc eth2 10.10.20.1/24"),
        addresses(plan, "lvs1"));
    assertEquals(
        List.of(
            "service eth0 10.10.10.21/24",
            "lan1 eth1 10.10.30.14/24",
            "link3 eth2 192.168.78.1/24",
            "bmc eth3 10.10.20.3/24"),
        addresses(plan, "px1"));
    assertEquals(List.of("lan1 eth0 10.10.30.11/24"), addresses(plan, "web1"));
    assertEquals("px2", plan.peer("px1"));
    assertEquals(List.of("lvs1", "lvs2", "px1", "px2"), plan.nodesOn("service"));
    assertEquals(List.of("px1", "px2"), plan.nodesOn("link2"));
    assertEquals("10.10.10.100", plan.floating().getFirst().ip());
  }

  @Test
  void theSwitchRoutesToATunnelsEnd() throws Exception {
    SitePlan plan = plan(Files.readString(Path.of("resources/site-tun.yaml")));
    assertEquals(
        List.of(
            "lan1 eth1 10.10.40.12/24", "link2 eth0 10.10.30.21/24",
            "link3 eth2 192.168.78.1/24", "bmc eth3 10.10.20.3/24"),
        addresses(plan, "px1"));
    assertEquals(
        List.of("10.10.10.1", "10.10.30.1"),
        plan.routed().stream().map(SitePlan::router).flatMap(java.util.Optional::stream).toList());
  }

  @Test
  void clientsAreWhereADirectorBalancesWhateverItsFirstAddressIs() throws Exception {
    SitePlan plan = plan(Files.readString(Path.of("resources/site-nat.yaml")));
    assertEquals("10.10.10.50/24", plan.client());
    assertEquals(
        List.of("10.10.10.100", "10.10.30.1", "10.10.40.1"),
        plan.floating().stream().map(SitePlan.Floating::ip).toList());
    assertEquals(
        List.of(
            "service eth0 10.10.10.11/24", "lan1 eth1 10.10.30.11/24", "bmc eth2 10.10.20.1/24"),
        addresses(plan, "lvs1"));
    assertEquals(List.of("10.10.30.254/24"), plan.lan("lan1").switchAddresses());
  }

  @Test
  void aWrongFileIsToldLineByLine() throws Exception {
    Path file = folder.resolve("site.yaml");
    Files.writeString(file, "pear: web\n");
    LabOptions options =
        new LabOptions(
            "x",
            folder,
            java.util.Optional.of(file),
            LabOptions.Fence.IPMI,
            folder,
            true,
            false,
            java.util.Optional.empty());
    LabException e = assertThrows(LabException.class, () -> Site.of(options));
    assertTrue(e.getMessage().contains("site.yaml:1:1"), e::getMessage);
  }

  @Test
  void theSimulatedBmcGetsACipherThatItSpeaks() throws Exception {
    Path file = folder.resolve("site.yaml");
    Files.copy(Path.of("resources/twinbeat.yaml"), file);
    LabOptions options =
        new LabOptions(
            "x",
            folder,
            java.util.Optional.of(file),
            LabOptions.Fence.IPMI,
            folder,
            true,
            false,
            java.util.Optional.empty());
    assertTrue(Site.of(options).text().contains("cipher: 3"));
  }
}
