package io.twinbeat.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One fence device as written: {@code type} is the name of a {@code fence_*} agent, {@code
 * external/NAME}, {@code hook} or {@code manual}. Parameters keep the spelling of the file and are
 * sorted by name; passwords are not among them, only {@code *-file} paths to them.
 */
public record Device(String type, Map<String, String> parameters) {
  public static final String HOOK = "hook";
  public static final String MANUAL = "manual";
  public static final String AGENT_PREFIX = "fence_";
  public static final String EXTERNAL_PREFIX = "external/";

  public Device {
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
  }
}
