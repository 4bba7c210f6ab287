package io.twinbeat.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One fence device: {@code type} is the name of a {@code fence_*} agent, {@code external/NAME},
 * {@code hook}, {@code manual} or a plugin's. Parameters keep the spelling of the file and are
 * sorted by name: an agent's name is among them as {@code agent}, a hook's path as {@code hook}, a
 * plugin's name as {@code type}. Secrets are not, only {@code *-file} paths to them.
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
