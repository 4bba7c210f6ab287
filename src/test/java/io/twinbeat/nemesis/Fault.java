package io.twinbeat.nemesis;

import io.twinbeat.lab.LabNode;
import java.time.Duration;

/**
 * One hurt: how to do it, how long it lasts, how to undo it. {@code heldUp} is what it may add to
 * an outage by itself, beyond what promise P6 allows; {@code alone}: not together with others,
 * because the order would then be a lie that no promise covers. Both acts fail with {@link
 * io.twinbeat.lab.LabException} where the node has lost its power meanwhile.
 */
record Fault(
    String name, Role role, Duration lasts, Duration heldUp, boolean alone, Act invoke, Act heal) {

  /** Whom it hits; found out when it begins, because the holder moves. */
  enum Role {
    HOLDER,
    STANDBY
  }

  /** {@code node} is the same one for both acts of a fault. */
  @FunctionalInterface
  interface Act {
    void on(Ground ground, LabNode node);
  }

  static final Act NOTHING = (ground, node) -> {};

  static Fault of(String name, Role role, Duration lasts, Act invoke, Act heal) {
    return new Fault(name, role, lasts, Duration.ZERO, false, invoke, heal);
  }

  Fault holdingUp(Duration time) {
    return new Fault(name, role, lasts, time, alone, invoke, heal);
  }

  Fault onlyAlone() {
    return new Fault(name, role, lasts, heldUp, true, invoke, heal);
  }
}
