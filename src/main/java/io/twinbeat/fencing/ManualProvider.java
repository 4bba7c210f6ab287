package io.twinbeat.fencing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** No device at all: an operator makes certain that the node is off, and says so. */
public final class ManualProvider implements FenceDeviceProvider {
  @Override
  public String type() {
    return "manual";
  }

  @Override
  public List<String> validate(String node, Map<String, String> parameters) {
    List<String> errors = new ArrayList<>();
    for (String key : new TreeSet<>(parameters.keySet())) {
      if (!key.equals("manual") && !key.equals("type")) {
        errors.add(key + " is unknown: manual has no parameters");
      }
    }
    return errors;
  }

  @Override
  public FenceDevice create(String node, Map<String, String> parameters) {
    return new Manual(node);
  }

  /** Never confirms by itself. */
  private record Manual(String node) implements FenceDevice {
    private FenceAnswer refused(String how) {
      return Programs.failed("no device does it: " + how);
    }

    @Override
    public String name() {
      return "manual(" + node + ")";
    }

    @Override
    public FenceAnswer off(Duration limit) {
      return refused("make certain that " + node + " is off, then: twinbeat fence confirm " + node);
    }

    @Override
    public PowerAnswer status(Duration limit) {
      return new PowerAnswer(
          PowerState.UNKNOWN,
          "only an operator knows: twinbeat fence confirm " + node,
          Duration.ZERO);
    }

    @Override
    public FenceAnswer on(Duration limit) {
      return refused("switch " + node + " on by hand");
    }

    /** There is nothing that could be broken. */
    @Override
    public FenceAnswer test(Duration limit) {
      return new FenceAnswer(
          true, "needs an operator: twinbeat fence confirm " + node, Duration.ZERO);
    }

    @Override
    public boolean manual() {
      return true;
    }
  }
}
