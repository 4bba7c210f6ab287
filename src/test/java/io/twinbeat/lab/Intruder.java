package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stranger on a lab's first heartbeat LAN, in a namespace of its own. It has lb2's address, hears
 * all that lb2 sends, and has no key.
 */
final class Intruder implements AutoCloseable {
  private static final String LAN = "link0";
  private static final String FROM = "192.168.76.2";
  private static final String TO = "192.168.76.1";
  private static final String TO_MAC = "02:74:62:00:01:01";
  private static final Duration START = Duration.ofSeconds(30);

  /** What came of a flood or a replay. */
  record Sent(int datagrams, long millis) {
    long perSecond() {
      return datagrams * 1000L / millis;
    }
  }

  private final String namespace;
  private final String switchNamespace;

  Intruder(LabSite lab) {
    namespace = LabFolder.PREFIX + lab.name() + "-x";
    switchNamespace = LabFolder.PREFIX + lab.name() + "-sw";
    Shell.must("ip", "netns", "add", namespace);
    Lines atSwitch = new Lines();
    atSwitch.cable("x-" + LAN, "eth0", "02:74:62:00:dd:00", namespace, LAN);
    atSwitch.runIn(switchNamespace);
    Lines here = new Lines();
    here.add("link set eth0 up arp off");
    here.address(FROM + "/24", "eth0");
    here.add("neigh replace " + TO + " lladdr " + TO_MAC + " dev eth0");
    here.runIn(namespace);
  }

  /** Writes so many datagrams that lb2 sends on the LAN into a file. */
  void record(Path file, int datagrams) {
    run(
        START,
        switchNamespace,
        "tcpdump",
        "-i",
        LAN,
        "-c",
        Integer.toString(datagrams),
        "-w",
        file.toString(),
        "-Z",
        "root",
        "udp and src " + FROM);
  }

  Sent replay(Path recorded) {
    return intrude("replay", recorded, 0, Duration.ZERO);
  }

  Sent flood(Path recorded, int perSecond, Duration time) {
    return intrude("flood", recorded, perSecond, time);
  }

  private Sent intrude(String what, Path recorded, int perSecond, Duration time) {
    Outcome outcome =
        run(
            time.plus(START),
            namespace,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx48m",
            "-cp",
            System.getProperty("java.class.path"),
            "io.twinbeat.heartbeat.IntruderMain",
            what,
            FROM,
            TO,
            "7694",
            recorded.toString(),
            Integer.toString(perSecond),
            Long.toString(time.toMillis()));
    Matcher sent = Pattern.compile("sent (\\d+) in (\\d+) ms").matcher(outcome.out());
    assertTrue(sent.find(), outcome.out());
    return new Sent(Integer.parseInt(sent.group(1)), Long.parseLong(sent.group(2)));
  }

  private static Outcome run(Duration limit, String namespace, String... argv) {
    List<String> all = new java.util.ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(List.of(argv));
    Outcome outcome = Commands.run(Command.of(limit, all.toArray(String[]::new)));
    assertTrue(outcome.succeeded(), () -> String.join(" ", all) + ": " + outcome.summary());
    return outcome;
  }

  @Override
  public void close() {
    Shell.must("ip", "netns", "del", namespace);
  }
}
