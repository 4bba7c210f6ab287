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

  /**
   * From the device's map in the file: {@code agent:} names the type, {@code hook:} and {@code
   * manual:} are types by their key, {@code type:} names a plugin's.
   */
  public static DeviceSpec ofFile(Map<String, String> parameters) {
    String type = "";
    if (parameters.containsKey("agent")) {
      type = parameters.get("agent");
    } else if (parameters.containsKey("type")) {
      type = parameters.get("type");
    } else if (parameters.containsKey("hook")) {
      type = "hook";
    } else if (parameters.containsKey("manual")) {
      type = "manual";
    }
    return new DeviceSpec(type, parameters);
  }

  /** Keys only: a value may be a secret that should not have been there. */
  @Override
  public String toString() {
    return type + parameters.keySet();
  }
}
