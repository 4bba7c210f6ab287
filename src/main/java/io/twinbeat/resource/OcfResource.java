package io.twinbeat.resource;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An OCF resource agent by its contract (OCF Resource Agent API 1.1): parameters in the
 * environment, one action as argument, the answer as exit status. Blocking.
 */
public final class OcfResource implements Resource {
  /**
   * Which agent, and its parameters.
   *
   * @param root usually /usr/lib/ocf; the agent is root/resource.d/provider/agent
   * @param agent the OCF "type", as {@code IPaddr2}
   */
  public record Settings(
      String name,
      String provider,
      String agent,
      Map<String, String> parameters,
      Path root,
      Limits limits) {
    public static final Path ROOT = Path.of("/usr/lib/ocf");

    public Settings {
      parameters = Map.copyOf(parameters);
    }

    Path path() {
      return root.resolve("resource.d").resolve(provider).resolve(agent);
    }
  }

  private static final int SUCCESS = 0;
  private static final int UNIMPLEMENTED = 3;
  private static final int NOT_RUNNING = 7;
  private static final int RUNNING_PROMOTED = 8;

  /** Between two monitors after a start that returned early. */
  private static final Duration STEP = Duration.ofMillis(100);

  private final Settings settings;
  private volatile List<ReadinessItem> readiness =
      List.of(ReadinessItem.unknown("agent", "not looked at yet"));
  private FileTime agentSeen = FileTime.fromMillis(0);
  private ReadinessItem parameters = ReadinessItem.unknown("parameters", "not looked at yet");

  public OcfResource(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String type() {
    return "ocf";
  }

  @Override
  public Limits limits() {
    return settings.limits();
  }

  @Override
  public void prepare() throws ResourceException {
    inspect();
    for (ReadinessItem item : readiness) {
      if (item.state() == ReadinessItem.State.BAD && item.pointless()) {
        throw new ResourceException(item.detail());
      }
    }
  }

  @Override
  public void start() throws ResourceException {
    Deadline deadline = Deadline.in(limits().start());
    if (running(monitor(deadline.look(), Duration.ZERO))) {
      return;
    }
    Outcome outcome = run("start", deadline.left(), Duration.ZERO);
    if (!outcome.succeeded()) {
      throw new ResourceException(settings.agent() + " start: " + explain(outcome));
    }
    while (true) {
      Outcome seen = monitor(deadline.look(), Duration.ZERO);
      if (running(seen)) {
        return;
      }
      if (deadline.over()) {
        throw new ResourceException(
            settings.agent() + " start said yes, but its monitor says: " + explain(seen));
      }
      Deadline.sleep(deadline.atMost(STEP));
    }
  }

  @Override
  public void stop(StopMode mode) throws ResourceException {
    Deadline deadline = Deadline.in(limits().stop());
    Outcome outcome = run("stop", deadline.left(), Duration.ZERO);
    Outcome seen = monitor(deadline.look(), Duration.ZERO);
    // Exit status 0 of stop is the contract's promise; the monitor is the proof.
    if (!(seen instanceof Outcome.Exited exited && exited.status() == NOT_RUNNING)) {
      throw new ResourceException(
          settings.agent()
              + " is not proven stopped: stop: "
              + explain(outcome)
              + "; monitor: "
              + explain(seen));
    }
  }

  @Override
  public Health check() {
    Outcome outcome = monitor(limits().check(), limits().interval());
    if (running(outcome)) {
      return new Health.Healthy("monitor: " + explain(outcome));
    }
    return switch (outcome) {
      case Outcome.NotStarted not -> new Health.Unknown(not.why());
      case Outcome.TimedOut late -> new Health.Failed("monitor: " + late.summary());
      case Outcome.Exited exited -> new Health.Failed("monitor: " + explain(exited));
    };
  }

  @Override
  public List<ReadinessItem> readiness() {
    return readiness;
  }

  @Override
  public synchronized void inspect() {
    Path agent = settings.path();
    if (!Files.isExecutable(agent)) {
      readiness =
          List.of(
              ReadinessItem.hopeless(
                  "agent",
                  agent + " does not exist or is not executable",
                  "install the package with this agent on this node (resource-agents)"));
      return;
    }
    List<ReadinessItem> items = new ArrayList<>();
    items.add(ReadinessItem.good("agent", agent + " is there"));
    items.add(parameters(agent));
    items.add(validated());
    readiness = List.copyOf(items);
  }

  private ReadinessItem validated() {
    Outcome outcome = run("validate-all", limits().prepare(), Duration.ZERO);
    if (outcome instanceof Outcome.Exited exited && exited.status() == UNIMPLEMENTED) {
      return ReadinessItem.good("validate-all", "the agent has no such action");
    }
    return outcome.succeeded()
        ? ReadinessItem.good("validate-all", "passed")
        : ReadinessItem.hopeless(
            "validate-all",
            settings.agent() + " validate-all: " + explain(outcome),
            "correct what the agent complains of on this node");
  }

  /** Holds our parameters against those that the agent declares; once for each agent file. */
  private ReadinessItem parameters(Path agent) {
    try {
      FileTime changed = Files.getLastModifiedTime(agent);
      if (parameters.state() == ReadinessItem.State.UNKNOWN || !changed.equals(agentSeen)) {
        parameters = declared(run("meta-data", limits().prepare(), Duration.ZERO));
        agentSeen = changed;
      }
    } catch (IOException e) {
      parameters = ReadinessItem.unknown("parameters", agent + ": " + e.getMessage());
    }
    return parameters;
  }

  private ReadinessItem declared(Outcome metaData) {
    if (!metaData.succeeded() || !metaData.out().contains("<resource-agent")) {
      return ReadinessItem.bad(
          "parameters",
          settings.agent() + " meta-data: " + explain(metaData),
          "see whether this is an OCF agent");
    }
    // No XML parser: agents' documents name DTDs that nobody should load.
    Matcher parameter = Pattern.compile("<parameter\\s([^>]*)>").matcher(metaData.out());
    TreeSet<String> known = new TreeSet<>();
    TreeSet<String> missing = new TreeSet<>();
    while (parameter.find()) {
      String attributes = parameter.group(1);
      String name = attribute(attributes, "name");
      known.add(name);
      String required = attribute(attributes, "required");
      if ((required.equals("1") || required.equals("true"))
          && !settings.parameters().containsKey(name)) {
        missing.add(name);
      }
    }
    TreeSet<String> strange = new TreeSet<>(settings.parameters().keySet());
    strange.removeAll(known);
    if (!missing.isEmpty()) {
      return ReadinessItem.hopeless(
          "parameters",
          settings.agent() + " needs " + String.join(", ", missing),
          "set it in the resource's parameters");
    }
    return strange.isEmpty()
        ? ReadinessItem.good("parameters", "as the agent declares them")
        : ReadinessItem.bad(
            "parameters",
            settings.agent() + " knows no parameter " + String.join(", ", strange),
            "it knows " + String.join(", ", known));
  }

  private static String attribute(String attributes, String name) {
    Matcher matcher =
        Pattern.compile("\\b" + name + "\\s*=\\s*[\"']([^\"']*)[\"']").matcher(attributes);
    return matcher.find() ? matcher.group(1) : "";
  }

  private Outcome monitor(Duration limit, Duration interval) {
    return run("monitor", limit, interval);
  }

  private static boolean running(Outcome outcome) {
    return outcome instanceof Outcome.Exited exited
        && (exited.status() == SUCCESS || exited.status() == RUNNING_PROMOTED);
  }

  /**
   * Runs one action.
   *
   * @param interval zero marks a probe, of which agents expect "not running" (ocf_is_probe)
   */
  private Outcome run(String action, Duration limit, Duration interval) {
    Map<String, String> environment = new HashMap<>();
    settings.parameters().forEach((key, value) -> environment.put("OCF_RESKEY_" + key, value));
    environment.put("OCF_ROOT", settings.root().toString());
    environment.put("OCF_RA_VERSION_MAJOR", "1");
    environment.put("OCF_RA_VERSION_MINOR", "1");
    environment.put("OCF_RESOURCE_INSTANCE", settings.name());
    environment.put("OCF_RESOURCE_TYPE", settings.agent());
    environment.put("OCF_RESOURCE_PROVIDER", settings.provider());
    environment.put("OCF_CHECK_LEVEL", settings.parameters().getOrDefault("OCF_CHECK_LEVEL", "0"));
    environment.put("OCF_RESKEY_CRM_meta_timeout", Long.toString(limit.toMillis()));
    environment.put("OCF_RESKEY_CRM_meta_interval", Long.toString(interval.toMillis()));
    environment.put("OCF_RESKEY_CRM_meta_name", action);
    return Commands.run(
        Command.of(limit, settings.path().toString(), action).withEnvironment(environment));
  }

  /** The exit status with its name in the contract. */
  private static String explain(Outcome outcome) {
    if (!(outcome instanceof Outcome.Exited exited)) {
      return outcome.summary();
    }
    String meaning =
        switch (exited.status()) {
          case SUCCESS -> "success";
          case 1 -> "generic error";
          case 2 -> "wrong arguments";
          case UNIMPLEMENTED -> "not implemented";
          case 4 -> "insufficient permissions";
          case 5 -> "not installed";
          case 6 -> "not configured";
          case NOT_RUNNING -> "not running";
          case RUNNING_PROMOTED -> "running promoted";
          case 9 -> "failed promoted";
          default -> "no status of the contract";
        };
    return meaning + ", " + exited.summary();
  }
}
