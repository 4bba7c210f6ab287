package io.twinbeat.fencing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program of the operator's, called as {@code PROGRAM off|status|on|test NODE}; its contract is
 * in resources/hooks/fence-example. Key {@code hook} is its path; all other parameters reach it as
 * TWINBEAT_* variables; {@code password-file} and the like as paths, which it reads itself.
 */
public final class HookProvider implements FenceDeviceProvider {
  @Override
  public String type() {
    return "hook";
  }

  @Override
  public List<String> validate(String node, Map<String, String> parameters) {
    List<String> errors = new ArrayList<>(Parameters.validate(parameters));
    if (!parameters.getOrDefault("hook", "").startsWith("/")) {
      errors.add("hook must be the absolute path of a program");
    }
    return errors;
  }

  @Override
  public FenceDevice create(String node, Map<String, String> parameters) {
    return new HookDevice(node, Path.of(parameters.get("hook")), parameters);
  }

  @Override
  public List<String> advice(String node, Map<String, String> parameters) {
    List<String> advice = new ArrayList<>();
    Programs.distrust(Path.of(parameters.get("hook"))).ifPresent(advice::add);
    advice.addAll(Secrets.advice(parameters));
    return advice;
  }
}
