package io.twinbeat.fencing;

import java.util.Map;

/**
 * A fence device as the file has it: its type ({@code fence_ipmilan}, {@code external/ipmi}, {@code
 * hook}, {@code manual} or a plugin's) and its parameters, keys with dashes.
 */
public record DeviceSpec(String type, Map<String, String> parameters) {
  public DeviceSpec {
    parameters = Map.copyOf(parameters);
  }

  /** Keys only: a value may be a secret that should not have been there. */
  @Override
  public String toString() {
    return type + parameters.keySet();
  }
}
