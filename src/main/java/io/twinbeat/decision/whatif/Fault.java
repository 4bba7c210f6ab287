package io.twinbeat.decision.whatif;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Something that could break, as an operator says it. */
public sealed interface Fault {
  record PowerOff(String node) implements Fault {}

  /** All heartbeat links between the nodes. */
  record CutHeartbeats() implements Fault {}

  /** The node's cable to its clients and to the reference points. */
  record CutService(String node) implements Fault {}

  /** All cables of the node. */
  record CutOff(String node) implements Fault {}

  /** The daemon stands still and goes on. */
  record Stall(String node, Duration time) implements Fault {}

  record KillDaemon(String node) implements Fault {}

  /** The first resource that can fail, of each group on that node. */
  record KillService(String node) implements Fault {}

  /** Whatever is tried to fence fails. */
  record FenceFails() implements Fault {}

  /** What is understood, for people. */
  String KNOWN =
      "power off NODE, cut heartbeats, cut service NODE, cut NODE, stall NODE [for TIME], "
          + "kill daemon NODE, kill service NODE, fence fails; several with commas";

  /** So many at once are no question any more. */
  int MOST = 8;

  /**
   * Reads faults between commas. {@code standing}: how long a stall lasts when nothing is said.
   *
   * @throws IllegalArgumentException with one sentence: what is wrong and what is understood
   */
  static List<Fault> parse(String text, List<String> nodes, Duration standing) {
    List<Fault> faults = new ArrayList<>();
    for (String part : text.split(",", MOST + 1)) {
      String words = part.strip().replaceAll("\\s+", " ");
      Optional<Fault> fault = one(words, nodes, standing);
      if (fault.isEmpty() || faults.size() == MOST) {
        throw new IllegalArgumentException(
            (fault.isEmpty()
                    ? "'" + words + "' is no fault that can be tried"
                    : "more than " + MOST + " faults at once")
                + "; known are: "
                + KNOWN
                + "; the nodes are "
                + String.join(" and ", nodes));
      }
      faults.add(fault.get());
    }
    return List.copyOf(faults);
  }

  private static Optional<Fault> one(String words, List<String> nodes, Duration standing) {
    String node = words.substring(words.lastIndexOf(' ') + 1);
    if (words.equals("fence fails")) {
      return Optional.of(new FenceFails());
    } else if (words.equals("cut heartbeats")) {
      return Optional.of(new CutHeartbeats());
    } else if (words.startsWith("stall ")) {
      return stall(words, nodes, standing);
    } else if (!nodes.contains(node)) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (words.substring(0, words.length() - node.length())) {
          case "power off " -> new PowerOff(node);
          case "cut service " -> new CutService(node);
          case "cut " -> new CutOff(node);
          case "kill daemon " -> new KillDaemon(node);
          case "kill service " -> new KillService(node);
          default -> null;
        });
  }

  private static Optional<Fault> stall(String words, List<String> nodes, Duration standing) {
    List<String> parts = List.of(words.split(" ", -1));
    String node = parts.get(1);
    if (!nodes.contains(node) || (parts.size() > 2 && !parts.get(2).equals("for"))) {
      return Optional.empty();
    } else if (parts.size() == 2) {
      return Optional.of(new Stall(node, standing));
    }
    return time(String.join("", parts.subList(3, parts.size()))).map(time -> new Stall(node, time));
  }

  private static Optional<Duration> time(String text) {
    if (!text.matches("\\d{1,6}(ms|s|m)")) {
      return Optional.empty();
    }
    String unit = text.replaceFirst("\\d+", "");
    long count = Long.parseLong(text.substring(0, text.length() - unit.length()));
    return Optional.of(
        switch (unit) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          default -> Duration.ofMinutes(count);
        });
  }
}
