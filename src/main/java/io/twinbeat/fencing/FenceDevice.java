package io.twinbeat.fencing;

import java.time.Duration;

/**
 * One way to make certain that a node is off. Blocking; called on a virtual thread, from several at
 * once; keeps the given limit itself and never throws: what went wrong is in the answer.
 */
public interface FenceDevice {
  /** For logs and status, such as {@code fence_ipmilan(10.10.20.11)}; never a secret. */
  String name();

  /** Asks for off, and returns what the device said: this proves nothing by itself. */
  FenceAnswer off(Duration limit);

  /** Asks, separately, whether the node is off. */
  PowerAnswer status(Duration limit);

  FenceAnswer on(Duration limit);

  /** A harmless proof that the device would work: it is reached, and knows the node's power. */
  FenceAnswer test(Duration limit);

  /** Whether it needs an operator, and so never confirms by itself. */
  default boolean manual() {
    return false;
  }

  /** The longest that off and status are expected to take together, before any was seen. */
  default Duration slowestOff() {
    return Duration.ofSeconds(5);
  }
}
