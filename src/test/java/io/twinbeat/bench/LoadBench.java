package io.twinbeat.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twinbeat.lab.Holders;
import io.twinbeat.lab.LabNode;
import io.twinbeat.lab.LabOptions;
import io.twinbeat.lab.LabSite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Whether a loaded machine makes a node accuse its peer: a real pair under processor hogs and disk
 * pressure. The daemons run without the priority that the unit gives them.
 */
public final class LoadBench {
  private static final int HOGS = 4;
  private static final Duration CALM_LIMIT = Duration.ofMinutes(2);
  private static final Duration REPORT_LIMIT = Duration.ofMinutes(1);

  /** What nobody may say in this time. */
  private static final Set<String> VERDICTS =
      Set.of("SILENT", "FENCE", "STILL_SERVED", "TAKE_OVER", "PROCESS_DIED", "UNFENCED");

  private static final String SITE =
      """
      pair: web
      nodes:
        lb1: { links: [192.168.76.1, 192.168.77.1], fence: { hook: /etc/twinbeat/fence-lab } }
        lb2: { links: [192.168.76.2, 192.168.77.2], fence: { hook: /etc/twinbeat/fence-lab } }
      heartbeat: { interval: 100ms, deadtime: 500ms, initdead: 10s, key-file: /etc/twinbeat/key }
      reference-points: [10.10.10.1]
      # In the lab each node has a /var/log of its own, on the machine's disk.
      paths: { state: /var/log/twinbeat, run: /run/twinbeat }
      groups:
        site:
          prefer: lb1
          resources:
            - nginx: { check: http://127.0.0.1/healthz }
            - address: { ip: 10.10.10.100/24, dev: eth0 }
      """;

  private LoadBench() {}

  public static void main(String[] arguments) throws Exception {
    long minutes = Long.parseLong(arguments[0]);
    Path file = Files.createTempFile("twinbeat-load", ".yaml");
    Files.writeString(file, SITE);
    boolean good;
    try (LabSite lab = LabSite.up(LabOptions.fresh().withSiteFile(file))) {
      good = loaded(lab, Duration.ofMinutes(minutes));
    } finally {
      Files.delete(file);
    }
    System.exit(good ? 0 : 1);
  }

  private static boolean loaded(LabSite lab, Duration time) throws Exception {
    await("lb1 holds and both are ready", CALM_LIMIT, () -> calm(lab));
    String fencedBefore = lab.fenceLog().toString();
    Instant from = Instant.now();
    boolean onAllTheTime;
    int moves;
    System.out.printf("load before: %s", Files.readString(Path.of("/proc/loadavg")));
    try (Holders holders = lab.watchHolders(change -> {});
        Load load = new Load(HOGS, Path.of("/var/tmp"))) {
      Thread.sleep(time); // The time that is measured.
      onAllTheTime = load.isOn();
      moves = holders.changes().size() - 1; // The first says where the address was.
    }
    System.out.printf("load after: %s", Files.readString(Path.of("/proc/loadavg")));
    List<String> verdicts = new ArrayList<>();
    long heard = 0;
    long largest = 0;
    long silences = 0;
    long stalls = 0;
    for (LabNode node : lab.nodes()) {
      verdicts.addAll(verdicts(node, from));
      JsonObject heartbeat = heartbeat(node);
      JsonObject gaps = heartbeat.getAsJsonObject("gaps");
      print(node.name(), heartbeat, gaps);
      heard += gaps.get("count").getAsLong();
      largest = Math.max(largest, gaps.get("largestMs").getAsLong());
      silences += gaps.get("silences").getAsLong();
      stalls += heartbeat.get("ownStalls").getAsLong();
    }
    verdicts.forEach(System.out::println);
    boolean fenced = !lab.fenceLog().toString().equals(fencedBefore);
    boolean good =
        onAllTheTime && verdicts.isEmpty() && silences == 0 && !fenced && moves == 0 && heard > 0;
    System.out.printf(
        "%d minutes: %d heartbeats heard, largest gap %d ms of 500, %d own stalls, %d false"
            + " verdicts, %d moves%s%n",
        time.toMinutes(),
        heard,
        largest,
        stalls,
        Math.max(verdicts.size(), silences),
        moves,
        onAllTheTime ? "" : "; the load did not last");
    return good;
  }

  private static boolean calm(LabSite lab) {
    for (LabNode node : lab.nodes()) {
      var status = node.status();
      if (status.isEmpty()
          || !status.get().peer().equals("heard")
          || !status.get().isReady(node.name())) {
        return false;
      }
    }
    return lab.holders().size() == 1;
  }

  private static void await(
      String what, Duration limit, java.util.function.BooleanSupplier condition) {
    if (!LabSite.await(limit, condition)) {
      throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + what);
    }
  }

  private static JsonObject heartbeat(LabNode node) {
    await(node.name() + " answers", REPORT_LIMIT, () -> node.status().isPresent());
    return node.status().orElseThrow().json().getAsJsonObject("heartbeat");
  }

  private static List<String> verdicts(LabNode node, Instant from) {
    List<String> found = new ArrayList<>();
    String events = node.twinbeat("events", "--json", "--since", from.toString()).out();
    for (String line : events.lines().toList()) {
      JsonObject event = JsonParser.parseString(line).getAsJsonObject();
      JsonElement rule = event.get("rule");
      if (rule != null && VERDICTS.contains(rule.getAsString())) {
        found.add(node.name() + " " + line);
      }
    }
    return found;
  }

  private static void print(String node, JsonObject heartbeat, JsonObject gaps) {
    System.out.printf(
        "%s: %s gaps, p99 %s ms, largest %s ms, own stalls %s%n",
        node,
        gaps.get("count"),
        gaps.get("p99Ms"),
        gaps.get("largestMs"),
        heartbeat.get("ownStalls"));
    for (JsonElement bucket : gaps.getAsJsonArray("histogram")) {
      JsonObject b = bucket.getAsJsonObject();
      System.out.printf(
          "  below %8.3f ms %8d%n", b.get("belowMs").getAsDouble(), b.get("count").getAsLong());
    }
  }
}
