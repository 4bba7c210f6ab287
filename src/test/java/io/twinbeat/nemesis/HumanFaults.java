package io.twinbeat.nemesis;

import static io.twinbeat.nemesis.Fault.NOTHING;

import io.twinbeat.lab.LabException;
import io.twinbeat.lab.LabNode;
import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What people and their tools do to a pair: orders and wrong files. Not a stepped wall clock: one
 * kernel has one, so a node's alone cannot be stepped here; the simulator and the unit tests do it.
 */
final class HumanFaults {
  private static final String ADDRESS = "10.10.10.100/24";
  private static final String FILE = "etc/twinbeat/twinbeat.yaml";

  private HumanFaults() {}

  static Fault addressRemoved(Dice dice) {
    return Fault.of(
        "address removed by hand",
        Fault.Role.HOLDER,
        dice.millis(100, 500),
        (ground, node) -> {
          Outcome outcome = node.exec("ip", "addr", "del", ADDRESS, "dev", "eth0");
          if (!outcome.succeeded()) {
            throw new LabException(outcome.summary());
          }
        },
        NOTHING);
  }

  /** One side restarts with a file that the other does not have. */
  static Fault configuration(Dice dice) {
    return file("file changed on one side", dice, text -> text.replace("wait: 1s", "wait: 1500ms"));
  }

  /** The daemon cannot start with it; the services and the peer go on. */
  static Fault brokenConfiguration(Dice dice) {
    return file("file broken on one side", dice, text -> text.replace("pair:", "pear:"));
  }

  private static Fault file(String name, Dice dice, UnaryOperator<String> change) {
    return Fault.of(
        name,
        dice.role(),
        dice.millis(800, 1500),
        (ground, node) -> {
          rewrite(node, change);
          Orders.restart(ground, node);
        },
        (ground, node) -> {
          rightFile(node);
          Orders.restart(ground, node);
        });
  }

  /** As the other side has it. */
  static void rightFile(LabNode node) {
    rewrite(node, text -> text.replace("wait: 1500ms", "wait: 1s").replace("pear:", "pair:"));
  }

  private static void rewrite(LabNode node, UnaryOperator<String> change) {
    Path file = node.disk().resolve(FILE);
    try {
      Files.writeString(file, change.apply(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Fault order(Dice dice) {
    String verb = dice.one(List.of("takeover", "standby", "failback"));
    return Fault.of(
        "order: " + verb,
        dice.role(),
        dice.millis(50, 400),
        (ground, node) -> Orders.give(ground, node, verb),
        NOTHING);
  }

  static Fault restarted(Dice dice) {
    return Fault.of(
        "daemon restarted in order", dice.role(), dice.millis(50, 400), Orders::restart, NOTHING);
  }

  /** Refused: it is heard. With a peer that is not heard it would be the operator's lie. */
  static Fault confirmed(Dice dice) {
    return Fault.of(
            "order: fence confirm",
            dice.role(),
            dice.millis(50, 200),
            (ground, node) ->
                Orders.fence(
                    ground, node, "confirm", ground.lab.peer(node.name()), Orders.CONFIRM_HEARD),
            NOTHING)
        .onlyAlone();
  }
}
