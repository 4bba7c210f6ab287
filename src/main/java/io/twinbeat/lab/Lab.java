package io.twinbeat.lab;

import io.twinbeat.lab.Arguments.Usage;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code twinbeat lab ...}: the verbs. Exit status: 0 done, 1 failed, 2 usage. */
public final class Lab {
  private static final String USAGE =
      """
      usage: twinbeat lab VERB [--name LAB] ...
        up [--file SITE.yaml] [--fence ipmi|hook] [--no-daemon] [--machines]
                                  build the site and give its nodes power; machines are guests with
                                  kernels of their own, systemd and IPVS (first: their image, half a minute)
        down [--all]              remove all of it, or of all labs, whatever state it is in
        status                    nodes, holder, cuts
        exec NODE|client -- CMD   run a program there; bin/twinbeat is on the path
        power off|on|status NODE [--lost-disk]
        cut LINK [--direction to|from NODE] [--node NODE] [--carrier]
        mend LINK|all [--direction to|from NODE] [--node NODE] [--carrier]
        stall NODE --for 5s       stop the daemon for so long, as a starved machine would
        probe [--for 10s]         a client that connects each millisecond; ends with ^C
        demo [--fence ipmi|hook]  a real pair fails over, scene by scene
        demo --machines [--site dr|nat|tun]
                                  sites of LVS directors, proxies and web servers; all three, or one
      LINK is service, bmc, link0, link1, ...; LAB may be left out where there is only one.\
      """;

  private final PrintStream out;
  private final Path base = LabOptions.defaultBase();

  private Lab(PrintStream out) {
    this.out = out;
  }

  /** Runs one verb to its end and returns the exit status. */
  public static int run(List<String> arguments) {
    try {
      if (arguments.isEmpty() || Set.of("help", "--help", "-h").contains(arguments.getFirst())) {
        System.out.println(USAGE);
        return arguments.isEmpty() ? 2 : 0;
      }
      if (ProcessHandle.current().info().user().filter(user -> !user.equals("root")).isPresent()) {
        throw new LabException("network namespaces need root");
      }
      return new Lab(System.out).verb(arguments.getFirst(), arguments.subList(1, arguments.size()));
    } catch (Usage e) {
      System.err.println("twinbeat lab: " + e.getMessage() + " (see: twinbeat lab help)");
      return 2;
    } catch (LabException e) {
      System.err.println("twinbeat lab: " + e.getMessage());
      return 1;
    }
  }

  private int verb(String verb, List<String> rest) {
    Arguments arguments =
        new Arguments(
            rest,
            Set.of("--name", "--file", "--fence", "--direction", "--node", "--for", "--site"),
            Set.of("--all", "--lost-disk", "--carrier", "--no-daemon", "--machines"));
    return switch (verb) {
      case "up" -> up(arguments);
      case "down" -> down(arguments);
      case "status" -> status(arguments);
      case "exec" -> exec(arguments);
      case "power" -> power(arguments);
      case "cut" -> cable(arguments, true);
      case "mend" -> cable(arguments, false);
      case "stall" -> stall(arguments);
      case "probe" -> probe(arguments);
      case "demo" ->
          arguments.has("--machines") || arguments.option("--site").isPresent()
              ? Demo.sites(examples(arguments), options(arguments), out)
              : Demo.pair(options(arguments), out);
      default -> throw new Usage("no verb " + verb);
    };
  }

  private static List<Example> examples(Arguments arguments) {
    return arguments
        .option("--site")
        .map(name -> List.of(Example.of(name)))
        .orElseGet(() -> List.of(Example.values()));
  }

  private LabOptions options(Arguments arguments) {
    LabOptions options = LabOptions.fresh();
    if (arguments.option("--name").isPresent()) {
      options = options.withName(arguments.option("--name").get());
    }
    if (arguments.option("--file").isPresent()) {
      options = options.withSiteFile(Path.of(arguments.option("--file").get()));
    }
    if (arguments.has("--no-daemon")) {
      options = options.withDaemon();
    }
    if (arguments.has("--machines")) {
      options = options.withMachines();
    }
    return switch (arguments.option("--fence").orElse("ipmi")) {
      case "ipmi" -> options.withFence(LabOptions.Fence.IPMI);
      case "hook" -> options.withFence(LabOptions.Fence.HOOK);
      default -> throw new Usage("--fence is ipmi or hook");
    };
  }

  private int up(Arguments arguments) {
    arguments.noMoreThan(0);
    LabOptions options = options(arguments).outlivingThisProcess();
    if (options.machines() && !GuestImage.find().isBuilt()) {
      out.println("Building the guests' image, once: " + GuestImage.find().folder());
    }
    long started = System.nanoTime();
    LabSite lab = LabSite.up(options);
    out.printf(
        "Lab %s is up after %d ms: %s, client, switch; address %s.%n",
        lab.name(),
        (System.nanoTime() - started) / 1_000_000,
        String.join(", ", lab.plan().nodeNames()),
        lab.floatingAddress());
    out.println(
        options.machines()
            ? "LVS: by the guests' own kernels."
            : HostKernel.hasIpvs()
                ? "LVS: in the nodes' namespaces; this machine's kernel has IPVS."
                : "LVS: not in this lab, this machine's kernel has no IPVS; --machines have.");
    out.println("Try: twinbeat lab probe | status | power off lb1 | cut link0; end: lab down");
    return 0;
  }

  private int down(Arguments arguments) {
    arguments.noMoreThan(0);
    if (!arguments.has("--all")) {
      String name = arguments.option("--name").orElseGet(this::onlyLab);
      LabSite.remove(LabFolder.of(base, name));
      out.println("Lab " + name + " is gone.");
      return 0;
    }
    List<String> names = Leftovers.find(base);
    for (String name : names) {
      LabSite.remove(LabFolder.of(base, name));
      out.println("Lab " + name + " is gone.");
    }
    if (names.isEmpty()) {
      out.println("There is no lab.");
    }
    return 0;
  }

  private String onlyLab() {
    List<String> names = LabFolder.names(base);
    if (names.size() != 1) {
      throw new LabException(
          names.isEmpty()
              ? "there is no lab; make one: twinbeat lab up"
              : "which lab? --name " + String.join("|", names));
    }
    return names.getFirst();
  }

  private LabSite open(Arguments arguments) {
    LabSite lab = LabSite.open(base, arguments.option("--name").orElseGet(this::onlyLab));
    if (!lab.isRunning()) {
      throw new LabException(
          "lab " + lab.name() + " lost its power switch; remove it: twinbeat lab down");
    }
    return lab;
  }

  private int status(Arguments arguments) {
    arguments.noMoreThan(0);
    LabSite lab = open(arguments);
    out.println("Lab " + lab.name());
    for (LabNode node : lab.nodes()) {
      String power =
          node.isOn()
              ? "on, daemon " + (node.isDaemonRunning() ? "running" : "not running")
              : "off";
      out.printf("  %-10s %s%n", node.name(), power);
    }
    for (SitePlan.Floating floating : lab.plan().floating()) {
      Set<String> holders = lab.holders(floating.ip());
      out.printf(
          "  %s (%s) on: %s%n",
          floating.ip(), floating.group(), holders.isEmpty() ? "-" : String.join(", ", holders));
    }
    List<String> cuts = lab.cuts();
    out.println("  cut: " + (cuts.isEmpty() ? "-" : String.join("; ", cuts)));
    out.println("  links: " + String.join(", ", lab.links()));
    return 0;
  }

  private int exec(Arguments arguments) {
    String machine = arguments.word(0, "node (or client)");
    arguments.noMoreThan(1);
    if (arguments.rest().isEmpty()) {
      throw new Usage("exec NODE -- CMD: which command?");
    }
    LabSite lab = open(arguments);
    try {
      boolean terminal =
          Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
      return new ProcessBuilder(lab.entering(machine, arguments.rest(), terminal))
          .inheritIO()
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new LabException("can't run it: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private int power(Arguments arguments) {
    String order = arguments.word(0, "order (off, on, status)");
    String name = arguments.word(1, "node");
    arguments.noMoreThan(2);
    LabNode node = open(arguments).node(name);
    long started = System.nanoTime();
    switch (order) {
      case "off" -> node.powerOff();
      case "on" -> {
        if (arguments.has("--lost-disk")) {
          node.powerOnWithLostDisk();
        } else {
          node.powerOn();
        }
      }
      case "status" -> {
        out.println(name + " is " + (node.isOn() ? "on" : "off"));
        return 0;
      }
      default -> throw new Usage("power off|on|status NODE, not " + order);
    }
    out.printf("%s is %s after %d ms.%n", name, order, (System.nanoTime() - started) / 1_000_000);
    return 0;
  }

  private int cable(Arguments arguments, boolean cut) {
    String link = arguments.word(0, "link");
    Direction direction = Direction.BOTH;
    int words = 1;
    List<String> nodes = List.of();
    if (arguments.option("--direction").isPresent()) {
      direction =
          switch (arguments.option("--direction").get()) {
            case "to" -> Direction.TO;
            case "from" -> Direction.FROM;
            default -> throw new Usage("--direction to NODE or --direction from NODE");
          };
      // The node is the word after it: --direction from lb1.
      nodes = List.of(arguments.word(words++, "node"));
    } else if (arguments.option("--node").isPresent()) {
      nodes = List.of(arguments.option("--node").get());
    }
    arguments.noMoreThan(words);
    LabSite lab = open(arguments);
    List<String> links = !cut && link.equals("all") ? lab.links() : List.of(link);
    for (String each : links) {
      for (String node : nodes.isEmpty() ? lab.plan().nodesOn(each) : nodes) {
        if (arguments.has("--carrier") && cut) {
          lab.unplug(each, node);
        } else if (arguments.has("--carrier")) {
          lab.plug(each, node);
        } else if (cut) {
          lab.cut(each, direction, node);
        } else {
          lab.mend(each, direction, node);
        }
      }
    }
    List<String> cuts = lab.cuts();
    out.println("cut now: " + (cuts.isEmpty() ? "-" : String.join("; ", cuts)));
    return 0;
  }

  private int stall(Arguments arguments) {
    String name = arguments.word(0, "node");
    arguments.noMoreThan(1);
    Duration length =
        Arguments.duration(
            arguments.option("--for").orElseThrow(() -> new Usage("stall NODE --for 5s")));
    LabNode node = open(arguments).node(name);
    // ^C must not leave it stopped.
    Thread resume = new Thread(node::resume, "resume");
    Runtime.getRuntime().addShutdownHook(resume);
    node.stall();
    out.printf("The daemon on %s is stopped for %s.%n", name, arguments.option("--for").get());
    LabSite.await(length, () -> false);
    Runtime.getRuntime().removeShutdownHook(resume);
    node.resume();
    out.println("It goes on.");
    return 0;
  }

  private int probe(Arguments arguments) {
    arguments.noMoreThan(0);
    LabSite lab = open(arguments);
    Duration length = arguments.option("--for").map(Arguments::duration).orElse(Duration.ofDays(1));
    long zero = System.nanoTime();
    Probe probe =
        lab.probe(event -> {
          if (Timeline.isTold(event)) {
            out.println(Timeline.line(event.atNanos(), zero, Timeline.probeEvent(event)));
          }
        });
    Runnable finish =
        () -> {
          probe.close();
          out.println(probe.summary());
          out.flush();
        };
    Thread end = new Thread(finish, "probe-end");
    Runtime.getRuntime().addShutdownHook(end);
    out.println(
        "A connection each millisecond to " + lab.floatingAddress() + "; ^C ends with a summary.");
    LabSite.await(length, () -> false);
    Runtime.getRuntime().removeShutdownHook(end);
    finish.run();
    return 0;
  }
}
