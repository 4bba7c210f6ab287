package io.twinbeat.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * An OCF resource agent {@code provider:type} and its parameters (without the OCF_RESKEY_ prefix).
 */
public record OcfConfig(
    String name, String provider, String type, Map<String, String> params, Timeouts timeouts)
    implements ResourceConfig {
  public OcfConfig {
    params = Collections.unmodifiableMap(new TreeMap<>(params));
  }
}
