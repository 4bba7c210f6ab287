package io.twinbeat.fencing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A device in memory; what it answers can be set, and what it was asked is kept. */
final class FakeDevice implements FenceDevice {
  final List<String> asked = new ArrayList<>();
  final String name;
  boolean on = true;
  boolean offWorks = true;
  Supplier<Boolean> offSays = () -> true;
  Supplier<PowerState> statusSays = () -> on ? PowerState.ON : PowerState.OFF;
  Runnable beforeOff = () -> {};

  FakeDevice(String name) {
    this.name = name;
  }

  /** Off says done, and nothing happens. */
  static FakeDevice lying(String name) {
    FakeDevice device = new FakeDevice(name);
    device.offWorks = false;
    return device;
  }

  static FakeDevice failing(String name) {
    FakeDevice device = lying(name);
    device.offSays = () -> false;
    return device;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public FenceAnswer off(Duration limit) {
    note("off");
    beforeOff.run();
    boolean done = offSays.get();
    on = on && !offWorks;
    return new FenceAnswer(done, "fake off", Duration.ofMillis(1));
  }

  @Override
  public PowerAnswer status(Duration limit) {
    note("status");
    return new PowerAnswer(statusSays.get(), "fake status", Duration.ofMillis(1));
  }

  @Override
  public FenceAnswer on(Duration limit) {
    note("on");
    on = true;
    return new FenceAnswer(offSays.get(), "fake on", Duration.ofMillis(1));
  }

  @Override
  public FenceAnswer test(Duration limit) {
    note("test");
    return new FenceAnswer(offSays.get(), "fake test", Duration.ofMillis(1));
  }

  private synchronized void note(String action) {
    asked.add(action);
  }

  synchronized List<String> asked() {
    return List.copyOf(asked);
  }
}
