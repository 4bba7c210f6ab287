package io.twinbeat.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Settings of fencing as a whole. {@code none} is only ever true together with {@code
 * acceptSplitBrain}. {@code limit} is the time one device gets for one action; {@code
 * startupWindow} the time in which one fence at start is allowed at most; devices are tested each
 * {@code testInterval}, and a proof older than {@code proofAge} no longer counts; {@code waitFirst}
 * overrides the computed wait of the side that waits first.
 */
public record FencingConfig(
    boolean none,
    boolean acceptSplitBrain,
    Duration limit,
    Duration startupWindow,
    Duration testInterval,
    Duration proofAge,
    Optional<Duration> waitFirst) {

  public static final Duration LIMIT = Duration.ofSeconds(30);
  public static final Duration STARTUP_WINDOW = Duration.ofHours(1);
  public static final Duration TEST_INTERVAL = Duration.ofHours(1);
  public static final Duration PROOF_AGE = Duration.ofHours(25);
}
