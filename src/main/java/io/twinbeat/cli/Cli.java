package io.twinbeat.cli;

import io.twinbeat.control.NoDaemonException;
import io.twinbeat.lab.Lab;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Finds the command that was named, and runs it. */
final class Cli {
  private final Surroundings at;

  Cli(Surroundings at) {
    this.at = at;
  }

  /** The exit status. */
  int run(String... arguments) {
    if (arguments.length == 0) {
      at.err().print(Help.overview());
      return Exit.USAGE;
    }
    String verb = arguments[0];
    String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
    return switch (verb) {
      case "-h", "--help", "help" -> help(rest);
      case "-V", "--version" -> new VersionCommand(at).call();
      case "lab" -> lab(List.of(rest));
      default -> execute(verb, rest);
    };
  }

  private int help(String... of) {
    if (of.length == 0) {
      at.out().print(Help.overview());
      return Exit.DONE;
    }
    return execute(of[0], "--help");
  }

  /** The lab reads its own arguments. */
  private int lab(List<String> arguments) {
    try {
      return Lab.run(arguments);
    } catch (RuntimeException e) {
      return failed("lab", e);
    }
  }

  private int execute(String verb, String... arguments) {
    Optional<Callable<Integer>> command = command(verb);
    if (command.isEmpty()) {
      at.err().println("twinbeat: there is no command '" + verb + "'" + Help.nearest(verb));
      at.err().println("See: twinbeat help");
      return Exit.USAGE;
    }
    Callable<Integer> plain = command.get();
    boolean taken =
        plain instanceof ClientCommand client
            ? client.takes(List.of(arguments))
            : arguments.length == 0 && plain instanceof VersionCommand;
    if (taken) {
      try {
        return plain.call();
      } catch (Exception e) {
        return failed(verb, e);
      }
    }
    return parsed(verb, arguments);
  }

  /** Options and their help, read by picocli. */
  int parsed(String verb, String... arguments) {
    CommandLine line = new CommandLine(command(verb).orElseThrow());
    line.setCommandName("twinbeat " + verb);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setOut(new PrintWriter(at.out(), true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler((wrong, given) -> usage(verb, wrong));
    line.setExecutionExceptionHandler((e, parsed, result) -> failed(verb, e));
    return line.execute(arguments);
  }

  private Optional<Callable<Integer>> command(String verb) {
    return Optional.ofNullable(
        switch (verb) {
          case "run" -> new RunCommand(at);
          case "status" -> new StatusCommand(at);
          case "takeover", "standby", "failback" -> new MoveCommand(at, verb);
          case "fence" -> new FenceCommand(at);
          case "drain" -> new DrainCommand(at);
          case "undrain" -> new UndrainCommand(at);
          case "check" -> new CheckCommand(at);
          case "events" -> new EventsCommand(at);
          case "explain" -> new ExplainCommand(at);
          case "maintenance" -> new MaintenanceCommand(at);
          case "key" -> new KeyCommand(at);
          case "reload" -> new ReloadCommand(at);
          case "plan" -> new PlanCommand(at);
          case "realserver" -> new RealServerCommand(at);
          case "upstreams" -> new UpstreamsCommand(at);
          case "stop" -> new StopCommand(at);
          case "version" -> new VersionCommand(at);
          default -> null;
        });
  }

  private int usage(String verb, CommandLine.ParameterException wrong) {
    String message = wrong.getMessage().lines().findFirst().orElse("");
    at.err().println("twinbeat " + verb + ": " + message);
    at.err().println("See: twinbeat help " + verb);
    return Exit.USAGE;
  }

  private int failed(String verb, Exception e) {
    if (e instanceof NoDaemonException) {
      at.err().println("twinbeat " + verb + ": " + e.getMessage());
      return Exit.NO_DAEMON;
    }
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    at.err().println("twinbeat " + verb + ": " + message.replace('\n', ' '));
    return Exit.FAILED;
  }
}
