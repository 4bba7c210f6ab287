package io.twinbeat.nemesis;

import static io.twinbeat.nemesis.Fault.NOTHING;

import io.twinbeat.lab.Direction;
import io.twinbeat.lab.LabNode;
import io.twinbeat.lab.LabSite;
import io.twinbeat.nemesis.Fault.Role;
import java.time.Duration;
import java.util.List;

/** What can be done to a pair, with the chance of each. */
final class Faults {
  /** Makes a fault of one kind with lengths and victims by chance. */
  @FunctionalInterface
  interface Kind {
    Fault with(Dice dice);
  }

  /**
   * How long nginx's check may take to see that nginx hangs (twice interval and limit), and a start
   * in its place.
   */
  private static final Duration HUNG_SEEN = Duration.ofMillis(2 * (250 + 500) + 500);

  /** The core's pauses between tries of a fence: 1 s, then 2 s; the second is reached at most. */
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(2);

  private Faults() {}

  static List<Kind> all() {
    return List.of(
        Faults::powerCut,
        Faults::powerCut,
        Faults::powerDip,
        Faults::deviceFault,
        Faults::powerCutWithBadDevice,
        Faults::oneLink,
        Faults::oneLinkOneWay,
        Faults::partition,
        Faults::partitionOneWay,
        Faults::isolated,
        Faults::service,
        Faults::serviceOneWay,
        Faults::carrier,
        Faults::flapping,
        Faults::flappingService,
        Faults::daemonKilled,
        Faults::daemonKilled,
        Faults::daemonStopped,
        Faults::daemonStopped,
        Faults::nginxKilled,
        Faults::nginxKilled,
        Faults::nginxStopped,
        Faults::diskFull,
        Faults::hogs,
        Pressure::fault,
        HumanFaults::addressRemoved,
        HumanFaults::configuration,
        HumanFaults::brokenConfiguration,
        HumanFaults::order,
        HumanFaults::order,
        HumanFaults::restarted,
        HumanFaults::confirmed);
  }

  // Power and fence devices.

  private static Fault powerCut(Dice dice) {
    return Fault.of(
        "power cut",
        dice.role(),
        dice.millis(800, 1600),
        (ground, node) -> node.powerOff(),
        (ground, node) -> node.powerOn());
  }

  /** Back before its peer may have judged it. */
  private static Fault powerDip(Dice dice) {
    return Fault.of(
            "power dip",
            dice.role(),
            dice.millis(0, 500),
            (ground, node) -> node.powerOff(),
            (ground, node) -> node.powerOn())
        // A peer that is heard again is not fenced: it says that it holds nothing, and it is asked.
        .holdingUp(Duration.ofSeconds(3));
  }

  private static Fault deviceFault(Dice dice) {
    LabNode.Fault fault = dice.one(badDevices());
    return Fault.of(
        "fence device " + fault.name().toLowerCase(java.util.Locale.ROOT),
        dice.role(),
        dice.millis(300, 1500),
        (ground, node) -> node.fenceDevice(fault),
        (ground, node) -> node.fenceDevice(LabNode.Fault.NONE));
  }

  /**
   * Of the lies only those that promise P1 covers: yes without deed (its status tells the truth),
   * and no with the deed done. That a device says off of a living node, nobody can survive.
   */
  private static List<LabNode.Fault> badDevices() {
    return List.of(
        LabNode.Fault.DEAD, LabNode.Fault.IGNORE, LabNode.Fault.DENY, LabNode.Fault.SLOW);
  }

  private static Fault powerCutWithBadDevice(Dice dice) {
    LabNode.Fault fault = dice.one(badDevices());
    Duration lasts = dice.millis(800, 1500);
    return Fault.of(
            "power cut, bad device",
            Role.HOLDER,
            lasts,
            (ground, node) -> {
              node.fenceDevice(fault);
              node.powerOff();
            },
            (ground, node) -> {
              node.fenceDevice(LabNode.Fault.NONE);
              LabSite.await(RETRY_PAUSE.plusSeconds(3), () -> !ground.lab.holders().isEmpty());
              node.powerOn();
            })
        .holdingUp(lasts.plus(RETRY_PAUSE));
  }

  // Links.

  private static Fault oneLink(Dice dice) {
    return cut("one link cut", dice, List.of("link" + dice.below(2)), Direction.BOTH);
  }

  private static Fault oneLinkOneWay(Dice dice) {
    return cut("one link cut one way", dice, List.of("link" + dice.below(2)), way(dice));
  }

  private static Fault partition(Dice dice) {
    return cut("all links cut", dice, List.of("link0", "link1"), Direction.BOTH);
  }

  private static Fault partitionOneWay(Dice dice) {
    return cut("all links cut one way", dice, List.of("link0", "link1"), way(dice));
  }

  private static Fault isolated(Dice dice) {
    return cut("node isolated", dice, List.of("link0", "link1", "service"), Direction.BOTH);
  }

  private static Fault service(Dice dice) {
    return cut("service LAN cut", dice, List.of("service"), Direction.BOTH);
  }

  private static Fault serviceOneWay(Dice dice) {
    return cut("service LAN cut one way", dice, List.of("service"), way(dice));
  }

  private static Direction way(Dice dice) {
    return dice.one(List.of(Direction.TO, Direction.FROM));
  }

  private static Fault cut(String name, Dice dice, List<String> links, Direction direction) {
    return Fault.of(
        name,
        dice.role(),
        dice.millis(200, 1500),
        (ground, node) -> links.forEach(link -> ground.lab.cut(link, direction, node.name())),
        (ground, node) -> links.forEach(link -> ground.lab.mend(link, direction, node.name())));
  }

  private static Fault carrier(Dice dice) {
    String lan = dice.one(List.of("service", "link0", "link1"));
    return Fault.of(
        "cable pulled",
        dice.role(),
        dice.millis(200, 1200),
        (ground, node) -> ground.lab.unplug(lan, node.name()),
        (ground, node) -> plug(ground, lan, node));
  }

  /** A node without power gets its cables with its power; a dead kernel must stay silent. */
  static void plug(Ground ground, String lan, LabNode node) {
    if (node.isOn()) {
      ground.lab.plug(lan, node.name());
      if (!node.isOn()) {
        ground.lab.unplug(lan, node.name());
      }
    }
  }

  private static Fault flapping(Dice dice) {
    return flaps("links flap", dice, List.of("link0", "link1"));
  }

  private static Fault flappingService(Dice dice) {
    return flaps("service LAN flaps", dice, List.of("service"))
        // Each return of the LAN may begin the count of a lasting loss anew.
        .holdingUp(Duration.ofMillis(1500));
  }

  private static Fault flaps(String name, Dice dice, List<String> links) {
    List<Duration> times =
        List.of(dice.millis(20, 300), dice.millis(20, 300), dice.millis(20, 300));
    Direction direction = dice.one(List.of(Direction.values()));
    return Fault.of(
        name,
        dice.role(),
        dice.millis(50, 300),
        (ground, node) -> {
          for (Duration time : times) {
            links.forEach(link -> ground.lab.cut(link, direction, node.name()));
            LabSite.await(time, () -> false); // the cut itself
            links.forEach(link -> ground.lab.mend(link, direction, node.name()));
            LabSite.await(time, () -> false);
          }
        },
        NOTHING);
  }

  // Processes and the machine.

  private static Fault daemonKilled(Dice dice) {
    return Fault.of(
        "daemon killed",
        dice.role(),
        dice.millis(50, 500),
        (ground, node) -> node.killDaemon(),
        NOTHING);
  }

  private static Fault daemonStopped(Dice dice) {
    return Fault.of(
        "daemon stopped (SIGSTOP)",
        dice.role(),
        dice.millis(200, 2000),
        (ground, node) -> node.stall(),
        (ground, node) -> {
          if (node.isOn()) {
            node.resume();
          }
        });
  }

  private static Fault nginxKilled(Dice dice) {
    return Fault.of(
        "nginx killed",
        dice.role(),
        dice.millis(100, 500),
        (ground, node) -> node.killNginx(),
        NOTHING);
  }

  private static Fault nginxStopped(Dice dice) {
    return Fault.of(
            "nginx stopped (SIGSTOP)",
            dice.role(),
            dice.millis(500, 2000),
            (ground, node) -> signalNginx(node, "STOP"),
            (ground, node) -> {
              if (node.isOn()) {
                signalNginx(node, "CONT");
              }
            })
        .holdingUp(HUNG_SEEN);
  }

  private static void signalNginx(LabNode node, String signal) {
    node.exec(
        "/bin/bash",
        "-c",
        "for c in /proc/[0-9]*/comm; do [[ $(< $c) == nginx ]] && p=${c#/proc/} && kill -"
            + signal
            + " ${p%/comm}; done 2>/dev/null; true");
  }

  private static Fault diskFull(Dice dice) {
    return Fault.of(
        "disk full",
        dice.role(),
        dice.millis(500, 1500),
        (ground, node) -> node.fillDisk(),
        (ground, node) -> node.freeDisk());
  }

  private static Fault hogs(Dice dice) {
    double seconds = dice.millis(800, 2000).toMillis() / 1000.0;
    String loop = "timeout " + seconds + " bash -c 'while :; do :; done' & ";
    return Fault.of(
        "four CPU hogs",
        dice.role(),
        Duration.ofMillis((long) (seconds * 1000)),
        (ground, node) -> node.exec("/bin/bash", "-c", "(" + loop.repeat(4) + ") >/dev/null 2>&1"),
        NOTHING);
  }
}
