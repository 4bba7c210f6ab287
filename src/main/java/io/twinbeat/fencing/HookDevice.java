package io.twinbeat.fencing;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One hook program for one node; what its exit statuses mean: resources/hooks/fence-example. */
final class HookDevice implements FenceDevice {
  private final String node;
  private final Path program;
  private final Map<String, String> parameters;

  HookDevice(String node, Path program, Map<String, String> parameters) {
    this.node = node;
    this.program = program;
    this.parameters = Map.copyOf(parameters);
  }

  @Override
  public String name() {
    return "hook(" + program.getFileName() + " " + node + ")";
  }

  @Override
  public FenceAnswer off(Duration limit) {
    return Programs.answer(run("off", limit), List.of());
  }

  @Override
  public FenceAnswer on(Duration limit) {
    return Programs.answer(run("on", limit), List.of());
  }

  @Override
  public FenceAnswer test(Duration limit) {
    return Programs.answer(run("test", limit), List.of());
  }

  @Override
  public PowerAnswer status(Duration limit) {
    return Programs.power(run("status", limit), List.of());
  }

  @Override
  public Duration slowestOff() {
    return Parameters.slowestOff(parameters, FenceDevice.super.slowestOff());
  }

  private Outcome run(String action, Duration limit) {
    Optional<String> distrust = Programs.distrust(program);
    if (distrust.isPresent()) {
      return new Outcome.NotStarted(distrust.get());
    }
    List<String> secrets = Secrets.advice(parameters);
    if (!secrets.isEmpty()) {
      return new Outcome.NotStarted(secrets.getFirst());
    }
    return Commands.run(
        Command.of(limit, program.toString(), action, node)
            .withEnvironment(Parameters.hookEnvironment(parameters)));
  }
}
