package io.twinbeat.config;

import java.util.Objects;

/**
 * All that one file describes. Today that is one pair; a site of several tiers has its room here.
 */
public record Site(Pair pair) {
  public Site {
    Objects.requireNonNull(pair);
  }
}
