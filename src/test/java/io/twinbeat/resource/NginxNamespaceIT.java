package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.linux.Pidfd;
import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two machines as network namespaces: a holder with nginx, and a standby that looks at it. */
class NginxNamespaceIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String VIP = "10.77.0.100";
  private static final int SIGCONT = 18;
  private static final int SIGSTOP = 19;

  private final String holder = "tbres" + ProcessHandle.current().pid() + "a";
  private final String standby = "tbres" + ProcessHandle.current().pid() + "b";

  @TempDir Path dir;
  private final List<ProcFs.Proc> started = new ArrayList<>();

  @BeforeEach
  void begin() {
    run("ip", "netns", "add", holder);
    run("ip", "netns", "add", standby);
    run(
        "ip", "-n", holder, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns",
        standby);
    for (String node : List.of(holder, standby)) {
      run("ip", "-n", node, "link", "set", "lo", "up");
      run("ip", "-n", node, "link", "set", "eth0", "up");
    }
    run("ip", "-n", holder, "addr", "add", "10.77.0.1/24", "dev", "eth0");
    run("ip", "-n", standby, "addr", "add", "10.77.0.2/24", "dev", "eth0");
  }

  @AfterEach
  void end() {
    for (String node : List.of("holder", "standby")) {
      NginxProcesses.pid(dir.resolve(node + "/nginx.pid"))
          .flatMap(ProcFs::process)
          .ifPresent(master -> {
            started.add(master);
            started.addAll(ProcFs.children(master.pid()));
          });
    }
    NginxProcesses.signal(NginxProcesses.living(started), Pidfd.SIGKILL);
    Commands.run(Command.of(LIMIT, "ip", "netns", "del", holder));
    Commands.run(Command.of(LIMIT, "ip", "netns", "del", standby));
  }

  private static String run(String... argv) {
    Outcome outcome = Commands.run(Command.of(LIMIT, argv));
    assertTrue(outcome.succeeded(), String.join(" ", argv) + ": " + outcome.err());
    return outcome.out();
  }

  private static String inNamespace(String namespace, String... args) {
    List<String> argv = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
    argv.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    argv.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    argv.add(InNamespace.class.getName());
    argv.addAll(List.of(args));
    return run(argv.toArray(String[]::new));
  }

  private String prepare(String node, String namespace) {
    return inNamespace(
        namespace, "prepare", dir.resolve(node).toString(), VIP + ":80", "127.0.0.1:8080");
  }

  private static String nonlocal(String namespace) {
    return run("ip", "netns", "exec", namespace, "cat", "/proc/sys/net/ipv4/ip_nonlocal_bind")
        .strip();
  }

  @Test
  void aHotStandbyBindsAnAddressThatThePeerHoldsAndTheHolderIsSeenThroughIt() throws Exception {
    Files.createDirectories(dir.resolve("holder"));
    Files.createDirectories(dir.resolve("standby"));
    run("ip", "-n", holder, "addr", "add", VIP + "/32", "dev", "eth0");
    String onHolder = prepare("holder", holder);
    assertFalse(onHolder.contains("state=BAD"), onHolder);
    assertEquals("0", nonlocal(holder), "not touched where the address is");

    assertEquals("0", nonlocal(standby));
    String onStandby = prepare("standby", standby);
    assertFalse(onStandby.contains("state=BAD"), onStandby);
    assertTrue(onStandby.contains("name=running, state=GOOD"), onStandby);
    assertEquals("1", nonlocal(standby));

    String alive = inNamespace(standby, "probe", VIP, "80");
    assertTrue(alive.startsWith("Answered[detail=HTTP status 200"), alive);
    String own = inNamespace(holder, "probe", VIP, "80");
    assertTrue(own.startsWith("OwnAnswer["), own);

    ProcFs.Proc master =
        ProcFs.process(NginxProcesses.pid(dir.resolve("holder/nginx.pid")).orElseThrow())
            .orElseThrow();
    List<ProcFs.Proc> all = new ArrayList<>(ProcFs.children(master.pid()));
    all.add(master);
    NginxSite.signal(all, SIGSTOP);
    String hung = inNamespace(standby, "probe", VIP, "80");
    assertTrue(hung.startsWith("NotAnswered[detail=the connection was accepted"), hung);
    NginxSite.signal(all, SIGCONT);

    run("ip", "-n", holder, "addr", "del", VIP + "/32", "dev", "eth0");
    String gone = inNamespace(standby, "probe", VIP, "80");
    assertTrue(gone.startsWith("NotAnswered["), gone);
    run("ip", "-n", standby, "link", "set", "eth0", "down");
    String cut = inNamespace(standby, "probe", VIP, "80");
    assertTrue(cut.startsWith("CannotTell[why=Network is unreachable"), cut);
  }
}
