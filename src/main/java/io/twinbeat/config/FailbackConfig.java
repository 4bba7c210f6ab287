package io.twinbeat.config;

import java.time.Duration;

/** When a group goes back to its preferred node. */
public sealed interface FailbackConfig {
  /** Only by an operator's command. */
  record Manual() implements FailbackConfig {}

  /** As soon as the preferred node is ready. */
  record Immediate() implements FailbackConfig {}

  /** After the preferred node was ready for so long without a break. */
  record After(Duration ready) implements FailbackConfig {}
}
