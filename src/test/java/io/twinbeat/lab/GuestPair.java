package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A pair of daemons on guests, lb1 and lb2, and the other machines of their site's file, for the
 * scenes of a test class. Before each scene it is brought to calm with lb1 as the holder.
 */
final class GuestPair extends GuestLab implements BeforeEachCallback {
  static final String ADDRESS = "10.10.10.100";

  /** Guests share two cores, and an agent is a Python program. */
  static final Duration SOON = Duration.ofSeconds(60);

  private static final Duration CALM_LIMIT = Duration.ofMinutes(3);

  /** What is asked takes of the guests' cores, which they need to get there. */
  private static final Duration POLL = Duration.ofMillis(100);

  /** Who answers behind the address; empty: its holder does. */
  private final Set<String> servers;

  private GuestPair(String site, Set<String> servers) {
    super(() -> up(site));
    this.servers = servers;
  }

  /** Its nodes are the web servers. */
  static GuestPair of(String site) {
    return new GuestPair(site, Set.of());
  }

  static GuestPair inFrontOf(Set<String> servers, String site) {
    return new GuestPair(site, Set.copyOf(servers));
  }

  private static LabSite up(String site) {
    try {
      Path file = Files.createTempFile("twinbeat-guests", ".yaml");
      try {
        Files.writeString(file, site);
        return LabSite.up(LabOptions.fresh().withSiteFile(file).withMachines());
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  LabNode lb1() {
    return lab().node("lb1");
  }

  LabNode lb2() {
    return lab().node("lb2");
  }

  List<LabNode> both() {
    return List.of(lb1(), lb2());
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    try {
      restore();
      calm("lb1");
    } catch (AssertionError | LabException e) {
      throw withConsoles(context, e);
    }
  }

  /** All machines are up, the daemons run, and nothing of the scene before holds them back. */
  private void restore() {
    lab().links().forEach(lab()::mend);
    powerOn(lab().nodes());
    for (LabNode node : both()) {
      must(node, "systemctl", "start", "twinbeat");
      if (node.status().filter(status -> status.json().has("maintenance")).isPresent()) {
        twinbeat(node, "maintenance", "off");
      }
    }
  }

  /** At once: while one waits for its disk or its timers, another has the core. */
  static void powerOn(List<LabNode> nodes) {
    nodes.forEach(LabNode::givePower);
    nodes.forEach(LabNode::awaitBoot);
  }

  /** Both hear each other, agree on the holder and are ready, and clients are answered. */
  void calm(String holder) {
    String[] missing = {""};
    try {
      await(
          "calm",
          CALM_LIMIT,
          () -> {
            missing[0] = missing(holder);
            return missing[0].isEmpty();
          });
    } catch (AssertionError e) {
      throw new AssertionError("no calm with " + holder + ": " + missing[0], e);
    }
  }

  private String missing(String holder) {
    boolean agreed = true;
    for (LabNode node : both()) {
      // It will not come back by itself.
      assertTrue(node.isOn(), () -> node.name() + " is off: " + lab().powerLog());
      Optional<NodeStatus> status = node.status();
      if (status.isEmpty()) {
        return "an answer of " + node.name();
      }
      for (LabNode each : both()) {
        if (!status.get().isReady(each.name())) {
          return each.name() + " is ready, as " + node.name() + " sees it: " + status.get().json();
        }
      }
      agreed &= status.get().holder().equals(holder);
    }
    Set<String> holders = lab().holders();
    if (!holders.equals(Set.of(holder))) {
      return "takeover: " + lab().node(holder).twinbeat("takeover").summary();
    }
    String answer = answer();
    return agreed && (servers.isEmpty() ? Set.of(holder) : servers).contains(answer)
        ? ""
        : "both know that %s holds (%s), and a client is answered (%s)"
            .formatted(holder, agreed, answer);
  }

  /** The web server that the client's connection comes to; else why there is none. */
  String answer() {
    var outcome = lab().atClient("curl", "-sS", "--max-time", "2", "http://" + ADDRESS + "/");
    return outcome.succeeded() ? outcome.out().strip() : outcome.summary();
  }

  /** For what guests are asked; see {@link ScenePair#await} for what is read of them. */
  static void await(String what, BooleanSupplier condition) {
    await(what, SOON, condition);
  }

  private static void await(String what, Duration limit, BooleanSupplier condition) {
    ScenePair.await(what, limit, POLL, condition);
  }

  /** Waits until the node's daemon says so of itself. */
  static void says(LabNode node, String what, Predicate<NodeStatus> said) {
    await(node.name() + " says that " + what, () -> node.status().filter(said).isPresent());
  }

  static void sees(LabNode node, String peer) {
    says(node, "its peer is " + peer, status -> status.peer().equals(peer));
  }
}
