package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.address.Addresses;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.config.AddressConfig;
import io.twinbeat.config.Group;
import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.Pair;
import io.twinbeat.config.ResourceConfig;
import io.twinbeat.decision.Phase;
import io.twinbeat.linux.MacAddress;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.Resource;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Before anything is changed: could this node run with that file? Changes nothing. */
final class Trial {
  /** How long the wire is asked whether another machine has an address that is added. */
  private static final Duration CLAIM_LIMIT = Duration.ofMillis(300);

  private final Parts parts;
  private final Pair old;
  private final Pair next;
  private final List<String> objections = new ArrayList<>();

  private Trial(Parts parts, Pair next) {
    this.parts = parts;
    this.old = parts.pair();
    this.next = next;
  }

  /** Sentences; empty: it could. */
  static List<String> objections(Parts parts, Loaded next) throws InterruptedException {
    Trial trial = new Trial(parts, next.pair());
    trial.objections.addAll(Difference.unchangeable(trial.old, trial.next));
    if (trial.objections.isEmpty()) {
      trial.devices();
      trial.addresses();
      trial.objections.addAll(Upstreams.objections(trial.old, trial.next));
      trial.services();
    }
    return List.copyOf(trial.objections);
  }

  private void devices() {
    try {
      FromFile.fencing(next);
    } catch (Life.Misconfigured e) {
      objections.add(e.getMessage());
    }
  }

  private boolean holds(Group group) {
    return old.group(group.name()).isPresent()
        && parts.loop().state().group(group.name()).phase() == Phase.ACTIVE;
  }

  private void addresses() throws InterruptedException {
    List<FloatingAddress> had = ResourceFactory.addresses(old);
    List<FloatingAddress> added = new ArrayList<>();
    List<FloatingAddress> atOnce = new ArrayList<>();
    for (Group group : next.groups()) {
      for (FloatingAddress address : ResourceFactory.addresses(group)) {
        boolean known =
            had.stream().anyMatch(a -> a.ip().equals(address.ip()) && sameDevice(a, address));
        if (known || !deviceExists(address.device(), address.toString())) {
          continue;
        }
        added.add(address);
        if (holds(group)) {
          atOnce.add(address);
        }
      }
    }
    if (added.isEmpty()) {
      return;
    }
    try (Addresses probing = Addresses.open(added, new LeftBehind.Nobody());
        ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<String>>> answers = new ArrayList<>();
      for (FloatingAddress address : added) {
        answers.add(asking.submit(() -> claimed(probing, address, atOnce.contains(address))));
      }
      for (Future<Optional<String>> answer : answers) {
        answer.get().ifPresent(objections::add);
      }
    } catch (AddressException e) {
      objections.add(e.getMessage());
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean sameDevice(FloatingAddress a, FloatingAddress b) {
    return a.device().equals(b.device());
  }

  private boolean deviceExists(String device, String what) {
    try {
      if (NetworkInterface.getByName(device) != null) {
        return true;
      }
      objections.add("there is no network device " + device + " for " + what);
    } catch (SocketException e) {
      objections.add("the network devices cannot be listed: " + e.getMessage());
    }
    return false;
  }

  /** Where it is added at once it must be known to be free. */
  private static Optional<String> claimed(
      Addresses probing, FloatingAddress address, boolean atOnce) {
    try {
      Optional<MacAddress> other = probing.claimant(address, CLAIM_LIMIT);
      return other.map(mac -> address + " is in use by another machine (" + mac + ")");
    } catch (AddressException e) {
      return atOnce
          ? Optional.of("cannot tell whether " + address + " is free: " + e.getMessage())
          : Optional.empty();
    }
  }

  /** A check that fails would have the service restarted: better to say so first. */
  private void services() {
    for (Group group : next.groups()) {
      for (ResourceConfig config : group.resources()) {
        if (config instanceof AddressConfig || unchanged(group, config)) {
          continue;
        }
        tried(group, config);
      }
    }
  }

  private void tried(Group group, ResourceConfig config) {
    if (config instanceof LvsConfig lvs
        && lvs.sync().orElse(null) instanceof LvsConfig.Sync.SyncDaemon daemon) {
      deviceExists(daemon.dev(), "the connection sync of " + lvs.name());
    }
    Directors directors = new Directors(next, parts.alarms(), parts.chronicle());
    Resource resource = ResourceFactory.service(group, config, next.paths().run(), directors);
    resource.inspect();
    for (ReadinessItem item : resource.readiness()) {
      if (item.state() == ReadinessItem.State.BAD && item.pointless()) {
        objections.add(item.name() + ": " + item.detail());
      }
    }
    boolean runsOn =
        holds(group)
            && old.group(group.name()).stream()
                .anyMatch(before -> Difference.keeps(before, config.name(), next));
    if (runsOn
        && hadResource(group, config)
        && resource.check() instanceof Resource.Health.Failed failed) {
      objections.add(
          "the check of " + config.name() + " fails with the changed file: " + failed.detail());
    }
    if (resource instanceof LvsResource lvs) {
      lvs.close();
    }
    directors.close();
  }

  private boolean unchanged(Group group, ResourceConfig config) {
    return old.group(group.name()).filter(g -> g.resources().contains(config)).isPresent();
  }

  private boolean hadResource(Group group, ResourceConfig config) {
    return old.group(group.name()).stream()
        .flatMap(g -> g.resources().stream())
        .anyMatch(each -> each.name().equals(config.name()));
  }
}
