package io.twinbeat.fencing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * cluster-glue's {@code external/NAME} plugins (its doc/stonith/README.external). Such a plugin's
 * {@code status} is about the device and not about a node's power, and {@code off} is often not
 * checked, so that a plugin alone can never prove that a node is off. Therefore {@code verify} is
 * required: the path of a program that is called as {@code PROGRAM status NODE} and exits 0 for on,
 * 2 for off, anything else for unknown, as a hook does; it gets the same TWINBEAT_* variables.
 * Where there is a fence_ agent for the device, it is the better choice.
 */
public final class ExternalProvider implements FenceDeviceProvider {
  static final Path PLUGINS = Path.of("/usr/lib/stonith/plugins/external");
  static final String VERIFY = "verify";
  private static final String PREFIX = "external/";

  private final Path plugins;

  public ExternalProvider() {
    this(PLUGINS);
  }

  /** For plugins in another place. */
  ExternalProvider(Path plugins) {
    this.plugins = plugins;
  }

  @Override
  public String type() {
    return PREFIX + "*";
  }

  @Override
  public List<String> validate(String node, Map<String, String> parameters) {
    List<String> errors = new ArrayList<>(Parameters.validate(parameters));
    String agent = parameters.getOrDefault(Parameters.AGENT, "");
    if (!agent.startsWith(PREFIX) || !Parameters.isName(agent.substring(PREFIX.length()))) {
      errors.add("agent is \"" + agent + "\", not a plugin's name such as external/ipmi");
    }
    String verify = parameters.get(VERIFY);
    if (verify == null) {
      errors.add(
          agent
              + " cannot tell whether a node is off, and only off that was verified counts: give"
              + " verify: /path/of/a/program (called with \"status NODE\"; exit 0 on, 2 off),"
              + " or use a fence_ agent");
    } else if (!verify.startsWith("/")) {
      errors.add(VERIFY + " must be the absolute path of a program");
    }
    return errors;
  }

  @Override
  public FenceDevice create(String node, Map<String, String> parameters) {
    return new ExternalDevice(node, plugin(parameters), parameters);
  }

  /** Asks the plugin for the names of its parameters: the plugin itself ignores others. */
  @Override
  public List<String> advice(String node, Map<String, String> parameters) {
    List<String> advice = new ArrayList<>();
    Programs.distrust(Path.of(parameters.get(VERIFY))).ifPresent(advice::add);
    advice.addAll(Secrets.advice(parameters));
    Path plugin = plugin(parameters);
    if (Programs.distrust(plugin).isPresent()) {
      advice.add(Programs.distrust(plugin).get() + " (package cluster-glue)");
      return advice;
    }
    Set<String> known = new ExternalDevice(node, plugin, parameters).configNames();
    if (known.isEmpty()) {
      advice.add(plugin + ": getconfignames failed");
      return advice;
    }
    for (String key : new TreeSet<>(parameters.keySet())) {
      String name = ExternalDevice.configName(key, known);
      if (!Parameters.ours(key) && !key.equals(VERIFY) && !known.contains(name)) {
        advice.add(
            key
                + " is not a parameter of "
                + parameters.get(Parameters.AGENT)
                + ": it has "
                + String.join(", ", known));
      }
    }
    return advice;
  }

  private Path plugin(Map<String, String> parameters) {
    return plugins.resolve(parameters.get(Parameters.AGENT).substring(PREFIX.length()));
  }
}
