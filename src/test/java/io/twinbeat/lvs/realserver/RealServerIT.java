package io.twinbeat.lvs.realserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command on a machine of its own (a network namespace), and a neighbour that asks for the
 * virtual address. Needs root. Another device stands for tunl0, which this kernel may not have: the
 * settings are real then, the tunnel is not.
 */
class RealServerIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String VIP = "10.9.0.100";
  private static final String VIP6 = "fd09::100";
  private static final String FILE =
      """
      tiers:
        edge:
          nodes:
            lvs1: { links: [10.9.0.11, 192.168.77.1], fence: manual }
            lvs2: { links: [10.9.0.12, 192.168.77.2], fence: manual }
          groups:
            front:
              resources:
                - lvs:
                    services:
                      - { service: "10.9.0.100:80", mode: MODE, real-servers: { tier: web } }
                      - { service: "[fd09::100]:80", real-servers: { tier: web } }
                      - { service: "10.9.0.100:81", real-servers: { far: 10.8.0.9, near: 10.9.0.2 } }
                - address: { ip: 10.9.0.100/24, dev: eth0 }
                - address: { ip: "fd09::100/64", dev: eth0 }
        web: { servers: { web1: [10.9.0.1, "fd09::1"] } }
      paths: { state: STATE }
      """;

  private final String prefix = "twr" + ProcessHandle.current().pid() + "-";
  private final String web = prefix + "web";
  private final String neighbour = prefix + "nb";

  @TempDir Path directory;

  @BeforeEach
  void build() {
    run("ip", "netns", "add", web);
    run("ip", "netns", "add", neighbour);
    in(web, "ip", "link", "set", "lo", "up");
    in(
        web, "ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns",
        neighbour);
    for (String machine : List.of(web, neighbour)) {
      String number = machine.equals(web) ? "1" : "2";
      in(machine, "ip", "addr", "add", "10.9.0." + number + "/24", "dev", "eth0");
      in(machine, "ip", "addr", "add", "fd09::" + number + "/64", "dev", "eth0", "nodad");
      in(machine, "ip", "link", "set", "eth0", "up");
    }
  }

  @AfterEach
  void remove() {
    for (String machine : List.of(web, neighbour)) {
      Commands.run(Command.of(LIMIT, "ip", "netns", "del", machine));
    }
  }

  private static String run(String... argv) {
    Outcome outcome = Commands.run(Command.of(LIMIT, argv));
    if (!outcome.succeeded()) {
      throw new AssertionError(String.join(" ", argv) + ": " + outcome.summary());
    }
    return outcome.out();
  }

  private static String in(String machine, String... command) {
    List<String> argv = new ArrayList<>(List.of("ip", "netns", "exec", machine));
    argv.addAll(List.of(command));
    return run(argv.toArray(String[]::new));
  }

  private Path file(String mode) throws Exception {
    String state = directory.resolve("state").toString();
    return Files.writeString(
        directory.resolve("site.yaml"), FILE.replace("MODE", mode).replace("STATE", state));
  }

  private static List<String> twinbeat() {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    argv.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    argv.add(System.getProperty("java.class.path"));
    argv.add("io.twinbeat.cli.Main");
    return argv;
  }

  /** With the unit's capabilities, but for that to load modules. */
  private List<String> argv(String verb, String mode) throws Exception {
    List<String> argv = new ArrayList<>(List.of("ip", "netns", "exec", web));
    argv.addAll(List.of("setpriv", "--bounding-set", "-all,+net_admin"));
    argv.addAll(twinbeat());
    argv.addAll(List.of("realserver", verb, "--config", file(mode).toString(), "--node", "web1"));
    return argv;
  }

  /** What a director says of its real servers: the neighbour, with its host name. */
  private String directorsCheck() throws Exception {
    List<String> argv = new ArrayList<>(List.of("ip", "netns", "exec", neighbour));
    argv.addAll(List.of("unshare", "--uts", "env", "TWINBEAT_CONFIG=" + file("dr"), "sh", "-c"));
    argv.add("hostname lvs1 && exec \"$@\"");
    argv.add("sh");
    argv.addAll(twinbeat());
    argv.add("check");
    return Commands.run(Command.of(LIMIT, argv.toArray(String[]::new))).out();
  }

  @Test
  void directorNamesTheRealServerThatAnswersInItsPlace() throws Exception {
    in(neighbour, "ip", "addr", "add", "10.9.0.11/24", "dev", "eth0");
    in(web, "ip", "addr", "add", VIP + "/32", "dev", "lo");
    String mac = in(web, "cat", "/sys/class/net/eth0/address").strip();
    String said = directorsCheck();
    assertTrue(
        said.contains(
            "BAD   who answers for 10.9.0.100 on eth0: web1 (10.9.0.1) does, at " + mac + "\n"),
        said);
    assertTrue(said.contains("ok    who answers for fd09::100 on eth0: nobody"), said);
    assertTrue(said.contains("ok    web1 (10.9.0.1) by DR: on the segment of eth0"), said);
    assertTrue(said.contains("BAD   far (10.8.0.9) by DR: in no network of this node"), said);
    assertTrue(said.contains("BAD   near (10.9.0.2) by DR: an address of this node"), said);

    done("up", "dr");

    said = directorsCheck();
    assertTrue(said.contains("ok    who answers for 10.9.0.100 on eth0: nobody"), said);
    in(neighbour, "ip", "addr", "add", VIP + "/24", "dev", "eth0");
    said = directorsCheck();
    assertTrue(
        said.contains(
            "ok    who answers for 10.9.0.100 on eth0: lvs1 holds it, and nobody else answers"),
        said);
  }

  private Outcome command(String verb, String mode) throws Exception {
    return Commands.run(Command.of(LIMIT, argv(verb, mode).toArray(String[]::new)));
  }

  private static int status(Outcome outcome) {
    return outcome instanceof Outcome.Exited exited ? exited.status() : -1;
  }

  private String done(String verb, String mode) throws Exception {
    Outcome outcome = command(verb, mode);
    assertTrue(outcome.succeeded(), verb + ": " + outcome.summary() + outcome.out());
    return outcome.out();
  }

  /** All that the command may change. */
  private String picture() {
    return in(
        web,
        "sh",
        "-c",
        "ip -o addr | grep -v 'scope link'; ip -o link | sed 's/ qlen .*//;s/qdisc [a-z]*//'; sysctl -a -r '\\.(arp_ignore|arp_announce|rp_filter)$'");
  }

  /** Whether the machine answers a neighbour's question for an address. */
  private boolean answersArp(String ip) {
    in(neighbour, "ip", "neigh", "flush", "dev", "eth0");
    return Commands.run(
            Command.of(
                LIMIT, "ip", "netns", "exec", neighbour, "arping", "-f", "-w", "2", "-I", "eth0",
                ip))
        .succeeded();
  }

  @Test
  void directRoutingTakesPacketsAndTellsNobody() throws Exception {
    // What a naive operator does, to prove that the question is one: the machine answers.
    in(web, "ip", "addr", "add", VIP + "/32", "dev", "lo");
    assertTrue(answersArp(VIP));
    in(web, "ip", "addr", "del", VIP + "/32", "dev", "lo");
    String before = picture();
    assertEquals(1, status(command("check", "dr")));

    done("up", "dr");

    assertFalse(answersArp(VIP));
    assertTrue(answersArp("10.9.0.1"));
    String check = done("check", "dr");
    assertTrue(check.contains("ok    " + VIP + "/32 dev lo: there"), check);
    // A frame to its hardware address with the virtual one inside is taken: port 9 is refused.
    in(neighbour, "ip", "route", "add", VIP + "/32", "via", "10.9.0.1");
    in(neighbour, "ip", "route", "add", VIP6 + "/128", "via", "fd09::1");
    assertTrue(refuses(VIP), "IPv4");
    assertTrue(refuses(VIP6), "IPv6");
    in(neighbour, "ip", "route", "del", VIP6 + "/128");
    assertFalse(refuses(VIP6), "a neighbour was told of the IPv6 address");

    String up = picture();
    assertTrue(done("up", "dr").contains("all was so already"));
    assertEquals(up, picture());
    done("down", "dr");
    assertEquals(before, picture());
    assertTrue(done("down", "dr").contains("nothing was to be put back"));
    assertEquals(before, picture());
  }

  private boolean refuses(String ip) {
    return Commands.run(
            Command.of(
                LIMIT,
                "ip",
                "netns",
                "exec",
                neighbour,
                "timeout",
                "2",
                "bash",
                "-c",
                "exec 3<>/dev/tcp/" + ip + "/9"))
        .err()
        .contains("refused");
  }

  @Test
  void killedAnywhereItIsPutBackAndFinished() throws Exception {
    String before = picture();
    for (int i = 0; i < 6; i++) {
      Process up = new ProcessBuilder(argv("up", "dr")).redirectErrorStream(true).start();
      // From before its first change to after its last one, whichever this machine makes it.
      up.waitFor(150 + 60L * i, TimeUnit.MILLISECONDS);
      up.toHandle().descendants().forEach(ProcessHandle::destroyForcibly);
      up.destroyForcibly().onExit().join();
      if (i % 2 == 1) {
        done("up", "dr");
        assertFalse(answersArp(VIP));
        done("check", "dr");
      }
      done("down", "dr");
      assertEquals(before, picture());
    }
  }

  @Test
  void checkNamesWhatSomebodyBroke() throws Exception {
    done("up", "dr");
    in(web, "sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=0");
    in(web, "ip", "addr", "add", VIP + "/24", "dev", "eth0");
    in(web, "ip", "addr", "del", VIP6 + "/128", "dev", "lo");
    Outcome check = command("check", "dr");
    assertEquals(1, status(check));
    assertTrue(
        check.out().contains("BAD   net/ipv4/conf/all/arp_ignore: 0, expected 1"), check.out());
    assertTrue(check.out().contains("it answers ARP for the virtual address"), check.out());
    assertTrue(check.out().contains("fd09:0:0:0:0:0:0:100/128 dev lo: not there"), check.out());
    in(web, "ip", "addr", "del", VIP + "/24", "dev", "eth0");
    done("up", "dr");
    done("check", "dr");
  }

  @Test
  void natAsksForTheDirectorAsGateway() throws Exception {
    Outcome check = command("check", "nat");
    assertTrue(check.out().contains("BAD   default gateway"), check.out());
    in(web, "ip", "route", "add", "default", "via", VIP, "dev", "eth0");
    done("up", "nat");
    assertTrue(done("check", "nat").contains("ok    default gateway"));
    assertFalse(picture().contains("inet " + VIP));
  }

  @Test
  void tunnelGetsTheAddressAndNoFilter() throws Exception {
    if (!picture().contains("tunl0")) {
      in(web, "ip", "link", "add", "tunl0", "arp", "off", "type", "veth", "peer", "name", "end");
    }
    in(web, "sysctl", "-qw", "net.ipv4.conf.all.rp_filter=1");
    in(web, "sysctl", "-qw", "net.ipv4.conf.eth0.rp_filter=0");
    String before = picture();
    done("up", "tun");
    String up = picture();
    for (String wanted :
        List.of(
            "tunl0    inet " + VIP + "/32",
            "conf.all.rp_filter = 0",
            "conf.tunl0.rp_filter = 0",
            "conf.eth0.rp_filter = 1")) {
      assertTrue(up.contains(wanted), () -> wanted + "\n" + up);
    }
    String check = done("check", "tun");
    assertTrue(check.contains("RISK  MTU of eth0: 1500"), check);
    in(web, "ip", "link", "set", "eth0", "mtu", "1520");
    assertTrue(done("check", "tun").contains("ok    MTU of eth0: 1520"));
    in(web, "ip", "link", "set", "eth0", "mtu", "1500");
    done("down", "tun");
    assertEquals(before, picture());
  }

  @Test
  void kernelWithoutTunnelsIsSaidAndNothingIsChanged() throws Exception {
    String before = picture();
    if (before.contains("tunl0")) { // This kernel gives every namespace one.
      done("up", "tun");
      done("down", "tun");
      assertEquals(before, picture());
      return;
    }
    Outcome up = command("up", "tun");
    assertEquals(1, status(up));
    assertTrue(up.err().contains("this kernel has no ipip"), up.err());
    assertEquals(before, picture());
  }
}
