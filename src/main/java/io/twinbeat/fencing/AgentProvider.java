package io.twinbeat.fencing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Every program whose name begins with {@code fence_}, by the fence agents' stdin protocol (their
 * doc/FenceAgentAPI.md). Parameters are the agent's own, with dashes; {@code password-file} and the
 * like name files whose line becomes the agent's {@code password}, on standard input.
 */
public final class AgentProvider implements FenceDeviceProvider {
  private static final String PREFIX = "fence_";

  /** Agents that speak lanplus without being told so. */
  private static final Set<String> LANPLUS =
      Set.of(
          "fence_ilo3",
          "fence_ilo4",
          "fence_ilo5",
          "fence_ipmilanplus",
          "fence_imm",
          "fence_idrac");

  /** See proc(5): 0 and off hide nothing. */
  private static final Pattern HIDDEN =
      Pattern.compile("hidepid=(1|2|4|noaccess|invisible|ptraceable)");

  private static final Path MOUNTS = Path.of("/proc/self/mounts");

  private final List<Path> directories;
  private final Path mounts;

  public AgentProvider() {
    this(path(), MOUNTS);
  }

  /** For agents in other places, and another table of mounts. */
  AgentProvider(List<Path> directories, Path mounts) {
    this.directories = directories;
    this.mounts = mounts;
  }

  @Override
  public String type() {
    return PREFIX + "*";
  }

  @Override
  public List<String> validate(String node, Map<String, String> parameters) {
    List<String> errors = new ArrayList<>(Parameters.validate(parameters));
    String agent = parameters.getOrDefault(Parameters.AGENT, "");
    if (!agent.startsWith(PREFIX) || agent.equals(PREFIX) || !Parameters.isName(agent)) {
      errors.add("agent is \"" + agent + "\", not the name of a fence agent such as fence_ipmilan");
    }
    for (String key : new TreeSet<>(parameters.keySet())) {
      switch (Parameters.underscored(key)) {
        // Without the right action an agent reboots its target, and says success.
        case "action", "option" ->
            errors.add(
                key + " is not yours to give: the only actions are off, status, on, monitor");
        case "method" -> {
          if (!parameters.get(key).equals("onoff")) {
            // Measured: on a BMC that ignores off, method=cycle says success.
            errors.add(key + " must be onoff: nothing else proves that a node is off");
          }
        }
        case "help", "version" ->
            errors.add(key + " makes the agent print and succeed without fencing");
        case "delay" ->
            errors.add(key + " is not needed: which node waits first is decided when it matters");
        case "nodename" -> errors.add(key + " is given by itself: " + node);
        default -> {}
      }
    }
    return errors;
  }

  @Override
  public FenceDevice create(String node, Map<String, String> parameters) {
    return new AgentDevice(node, parameters, directories);
  }

  @Override
  public List<String> advice(String node, Map<String, String> parameters) {
    List<String> advice = new ArrayList<>();
    String agent = parameters.get(Parameters.AGENT);
    if (AgentDevice.find(agent, directories) == null) {
      advice.add(agent + " is not installed here (package fence-agents)");
    }
    advice.addAll(Secrets.advice(parameters));
    if (probesCiphers(parameters)) {
      advice.add(
          "without cipher, ipmitool tries them all, for 10 s at each call:"
              + " give cipher: 17, or 3 for older BMCs");
    }
    return advice;
  }

  /** They are fence_ipmilan by other names. It gives ipmitool the password as an argument. */
  @Override
  public Optional<String> exposure(Map<String, String> parameters) {
    String agent = parameters.getOrDefault(Parameters.AGENT, "");
    boolean ipmilan = agent.equals("fence_ipmilan") || LANPLUS.contains(agent);
    boolean secret = parameters.keySet().stream().anyMatch(Secrets::isFileOfSecret);
    return ipmilan && secret && !processesHidden()
        ? Optional.of(
            "it hands the BMC's password to ipmitool in its arguments, where other users of this"
                + " machine can read it: use external/ipmi with passwd_method: env instead, or"
                + " mount /proc with hidepid=invisible")
        : Optional.empty();
  }

  private boolean processesHidden() {
    try (Stream<String> lines = Files.lines(mounts)) {
      return lines
          .map(line -> line.split(" ", -1))
          .filter(words -> words.length > 3 && words[1].equals("/proc"))
          .anyMatch(words -> HIDDEN.matcher(words[3]).find());
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  /** Measured with ipmitool 1.8.19: 10.1 s for each call over lanplus without a cipher. */
  static boolean probesCiphers(Map<String, String> parameters) {
    String lanplus = parameters.getOrDefault("lanplus", "0");
    boolean on = !lanplus.equals("0") && !lanplus.equals("no") && !lanplus.equals("false");
    return !parameters.containsKey("cipher")
        && (on || LANPLUS.contains(parameters.getOrDefault(Parameters.AGENT, "")));
  }

  private static List<Path> path() {
    Set<Path> directories = new LinkedHashSet<>();
    String path = System.getenv("PATH");
    for (String directory : (path == null ? "" : path).split(":", -1)) {
      if (directory.startsWith("/")) {
        directories.add(Path.of(directory));
      }
    }
    // An operator's own PATH often lacks these, and agents are there.
    directories.add(Path.of("/usr/sbin"));
    directories.add(Path.of("/usr/bin"));
    return List.copyOf(directories);
  }
}
