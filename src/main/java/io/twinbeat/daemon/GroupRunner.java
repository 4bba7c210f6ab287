package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.address.Addresses;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.journal.Timeline;
import io.twinbeat.resource.Monitor;
import io.twinbeat.resource.Resource;
import io.twinbeat.resource.ResourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares, starts, stops and repairs one group, one thing after the other, on a virtual thread of
 * its own; results go back as events.
 */
final class GroupRunner implements Monitor.Listener, AutoCloseable {
  /** How long the wire is asked whether another machine has an address that is to be added. */
  private static final Duration CLAIM_LIMIT = Duration.ofMillis(300);

  private static final int TASKS_MAX = 64;
  private static final Logger log = LoggerFactory.getLogger(GroupRunner.class);

  /** The last that was seen of a resource while the group is held. */
  record Seen(boolean healthy, String detail, long nanos) {}

  private final HeldGroup group;
  private final Addresses addresses;
  private final Consumer<Event> events;
  private final Chronicle chronicle;
  private final Monitor monitor = new Monitor(this);
  private final BlockingQueue<Runnable> tasks = new ArrayBlockingQueue<>(TASKS_MAX);
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();
  private final Thread thread;

  /** Whether a start was the last that was ordered; of this runner's thread. */
  private boolean begun;

  /** When the task under way began; 0 when none is. */
  private volatile long busySince;

  GroupRunner(HeldGroup group, Addresses addresses, Consumer<Event> events, Chronicle chronicle) {
    this.group = group;
    this.addresses = addresses;
    this.events = events;
    this.chronicle = chronicle;
    this.thread = Thread.ofVirtual().name("group-" + group.name()).start(this::run);
  }

  HeldGroup group() {
    return group;
  }

  Map<String, Seen> seen() {
    return Map.copyOf(seen);
  }

  /** How long the task under way has taken so far; zero when none is. */
  Duration busyFor() {
    long since = busySince;
    return since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  void prepare(Effect.Prepare effect) {
    submit(() -> events.accept(prepared(effect.ask())));
  }

  void start(Effect.StartGroup effect) {
    submit(() -> events.accept(started(effect)));
  }

  void stop() {
    submit(() -> events.accept(stopped()));
  }

  /** The group is known not to be held here; what has been ordered meanwhile comes first. */
  void standBy() {
    submit(() -> {
      if (!begun) {
        stoodBy();
      }
    });
  }

  private void stoodBy() {
    for (Resource resource : group.resources()) {
      try {
        resource.standBy();
      } catch (ResourceException | RuntimeException e) {
        log.warn("{} as a standby: {}", group.name(), sentence(resource, e));
      }
    }
  }

  void restart(String resource) {
    submit(() -> events.accept(restarted(resource)));
  }

  private void submit(Runnable task) {
    if (!tasks.offer(task)) {
      log.error("{}: too much to do, an order was dropped", group.name());
    }
  }

  private void run() {
    try {
      while (true) {
        Runnable task = tasks.take();
        busySince = System.nanoTime() | 1;
        task.run();
        busySince = 0;
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private Event prepared(long ask) {
    for (Resource resource : group.resources()) {
      try {
        resource.prepare();
      } catch (ResourceException | RuntimeException e) {
        return new Event.GroupPrepared(group.name(), ask, false, sentence(resource, e));
      }
    }
    return new Event.GroupPrepared(group.name(), ask, true, "");
  }

  private Event started(Effect.StartGroup effect) {
    begun = true;
    if (effect.claimFirst()) {
      String claimed = claimed();
      if (!claimed.isEmpty()) {
        return new Event.GroupStarted(group.name(), effect.term(), false, claimed);
      }
    }
    for (Resource resource : group.resources()) {
      try {
        if (effect.watchOnly() && !resource.keptInMaintenance()) {
          see(resource, true, "in maintenance: only watched from here on");
        } else {
          resource.start();
          tellAddress(resource, Timeline.ADDRESS_ADDED, "is on this node and announced");
          see(resource, true, "started");
        }
      } catch (ResourceException | RuntimeException e) {
        see(resource, false, e.getMessage());
        String failed = sentence(resource, e);
        if (!effect.watchOnly()) {
          return new Event.GroupStarted(group.name(), effect.term(), false, failed);
        }
        log.warn("{} in maintenance: {}", group.name(), failed); // Nothing is given up for it.
      }
      monitor.start(resource);
    }
    return new Event.GroupStarted(group.name(), effect.term(), true, "");
  }

  /** Says which address is not free, or why that cannot be told; empty when all are free. */
  private String claimed() {
    for (AddressResource resource : group.addresses()) {
      for (FloatingAddress address : resource.all()) {
        try {
          var other = addresses.claimant(address, CLAIM_LIMIT);
          if (other.isPresent()) {
            return address + " is in use by another machine (" + other.get() + ")";
          }
        } catch (AddressException e) {
          return "cannot tell whether " + address + " is free: " + e.getMessage();
        }
      }
    }
    return "";
  }

  private Event stopped() {
    List<String> failures = new ArrayList<>();
    for (Resource resource : group.resources().reversed()) {
      monitor.stop(resource);
      seen.remove(resource.name());
      try {
        resource.stop(Resource.StopMode.HAND_OVER);
        tellAddress(resource, Timeline.ADDRESS_REMOVED, "is not on this node any more");
      } catch (ResourceException | RuntimeException e) {
        failures.add(sentence(resource, e));
      }
    }
    begun &= !failures.isEmpty();
    return new Event.GroupStopped(group.name(), failures.isEmpty(), String.join("; ", failures));
  }

  /** From when to when an address was here must be in the journal, not only who was to hold it. */
  private void tellAddress(Resource resource, String rule, String what) {
    if (resource instanceof AddressResource address) {
      String first = address.all().getFirst().toString();
      int others = address.all().size() - 1;
      String which = others == 0 ? first : first + " and " + others + " more";
      String verb = others == 0 ? what : what.replace("is ", "are ");
      chronicle.tell("event", rule, group.name() + ": " + which + " " + verb, Map.of());
    }
  }

  private Event restarted(String name) {
    for (Resource resource : group.resources()) {
      if (resource.name().equals(name)) {
        monitor.stop(resource);
        try {
          resource.start();
          see(resource, true, "restarted");
          return new Event.ResourceRestarted(group.name(), name, true, "");
        } catch (ResourceException | RuntimeException e) {
          see(resource, false, e.getMessage());
          return new Event.ResourceRestarted(group.name(), name, false, sentence(resource, e));
        } finally {
          monitor.start(resource);
        }
      }
    }
    return new Event.ResourceRestarted(group.name(), name, false, "there is no resource " + name);
  }

  /** The core remembers one failed resource at a time: what still fails is said again. */
  void tellFailedAgain() {
    seen.forEach((name, last) -> {
      if (!last.healthy()) {
        events.accept(new Event.ResourceFailed(group.name(), name, last.detail()));
      }
    });
  }

  private void see(Resource resource, boolean healthy, String detail) {
    seen.put(resource.name(), new Seen(healthy, String.valueOf(detail), System.nanoTime()));
  }

  private static String sentence(Resource resource, Exception e) {
    if (e instanceof RuntimeException) {
      log.error("{} failed in an unforeseen way", resource.name(), e);
    }
    return resource.name() + ": " + e.getMessage();
  }

  @Override
  public void failed(Resource resource, String detail) {
    see(resource, false, detail);
    events.accept(new Event.ResourceFailed(group.name(), resource.name(), detail));
  }

  @Override
  public void recovered(Resource resource, String detail) {
    see(resource, true, detail);
    events.accept(new Event.ResourceRecovered(group.name(), resource.name()));
  }

  @Override
  public void close() {
    thread.interrupt();
    monitor.close();
  }
}
