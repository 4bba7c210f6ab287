package io.twinbeat.resource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A systemd unit, by systemctl; returns from start and stop when the final state is seen. */
public final class SystemdResource implements Resource {
  /**
   * Which unit.
   *
   * @param hot the unit runs on both nodes
   * @param systemctl the program, for tests
   * @param booted the directory that exists where systemd runs, for tests
   */
  public record Settings(
      String name, String unit, boolean hot, Limits limits, Path systemctl, Path booted) {
    public Settings(String name, String unit, boolean hot, Limits limits) {
      this(name, unit, hot, limits, Systemctl.PROGRAM, Systemctl.BOOTED);
    }
  }

  private final Settings settings;
  private final Systemctl unit;
  private volatile List<ReadinessItem> readiness =
      List.of(ReadinessItem.unknown("unit", "not looked at yet"));

  public SystemdResource(Settings settings) {
    this.settings = settings;
    this.unit = new Systemctl(settings.systemctl(), settings.booted(), settings.unit());
  }

  /** Whether systemd runs here and has this unit; for a choice between a unit and no unit. */
  public static boolean exists(String unit, Duration limit) {
    Systemctl systemctl = new Systemctl(Systemctl.PROGRAM, Systemctl.BOOTED, unit);
    return systemctl.usable() && systemctl.show(limit).load().equals("loaded");
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public String type() {
    return "systemd";
  }

  @Override
  public Limits limits() {
    return settings.limits();
  }

  @Override
  public boolean presentWhenIdle() {
    return settings.hot();
  }

  @Override
  public void prepare() throws ResourceException {
    unit.needSystemd();
    Deadline deadline = Deadline.in(limits().prepare());
    if (settings.hot() && !unit.show(deadline.left()).serving()) {
      unit.start(deadline, "start");
    }
    inspect();
    for (ReadinessItem item : readiness) {
      if (item.state() == ReadinessItem.State.BAD && item.pointless()) {
        throw new ResourceException(item.detail());
      }
    }
  }

  @Override
  public void start() throws ResourceException {
    unit.start(Deadline.in(limits().start()), "start");
  }

  @Override
  public void stop(StopMode mode) throws ResourceException {
    if (mode == StopMode.HAND_OVER && settings.hot()) {
      return;
    }
    unit.stop(Deadline.in(limits().stop()));
  }

  @Override
  public Health check() {
    // Less than the whole limit: a systemd that does not answer is no verdict on the unit.
    Systemctl.Shown shown = unit.show(limits().check().multipliedBy(9).dividedBy(10));
    if (!shown.known()) {
      return new Health.Unknown(shown.text());
    }
    String detail = "unit " + settings.unit() + " is " + shown.text();
    return shown.serving() ? new Health.Healthy(detail) : new Health.Failed(detail);
  }

  @Override
  public List<ReadinessItem> readiness() {
    return readiness;
  }

  @Override
  public void inspect() {
    if (!unit.usable()) {
      readiness =
          List.of(
              ReadinessItem.hopeless(
                  "unit", "no systemd runs on this machine", "use a script resource instead"));
      return;
    }
    Systemctl.Shown shown = unit.show(limits().check());
    List<ReadinessItem> items = new ArrayList<>();
    items.add(loaded(shown));
    if (shown.known() && settings.hot()) {
      items.add(
          shown.serving()
              ? ReadinessItem.good("running", shown.text())
              : ReadinessItem.bad(
                  "running",
                  "unit " + settings.unit() + " is " + shown.text(),
                  "systemctl status " + settings.unit()));
    } else if (shown.fileState().equals("enabled")) {
      items.add(
          ReadinessItem.bad(
              "not started at boot",
              settings.unit() + " is enabled, so systemd starts it at boot on both nodes",
              "systemctl disable " + settings.unit()));
    }
    readiness = List.copyOf(items);
  }

  private ReadinessItem loaded(Systemctl.Shown shown) {
    if (!shown.known()) {
      return ReadinessItem.unknown("unit", shown.error());
    }
    return shown.load().equals("loaded")
        ? ReadinessItem.good("unit", settings.unit() + " is loaded")
        : ReadinessItem.hopeless(
            "unit",
            "unit " + settings.unit() + " is " + shown.load(),
            shown.load().equals("masked")
                ? "systemctl unmask " + settings.unit()
                : "install the unit on this node, then systemctl daemon-reload");
  }
}
