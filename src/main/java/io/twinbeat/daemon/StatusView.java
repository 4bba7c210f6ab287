package io.twinbeat.daemon;

import io.twinbeat.config.Group;
import io.twinbeat.control.StatusReport;
import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.Maintenance;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.PeerState;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.State;
import io.twinbeat.decision.Status;
import io.twinbeat.fencing.DeviceProof;
import io.twinbeat.heartbeat.LinkState;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Fills in the report that {@code status} shows, from the core's state and the parts. */
final class StatusView {
  private final Parts parts;

  StatusView(Parts parts) {
    this.parts = parts;
  }

  StatusReport report() {
    State s = parts.loop().state();
    Moment now = EventLoop.now();
    Status last = s.peer().last();
    return new StatusReport(
        parts.pair().name(),
        parts.self().name(),
        parts.peer().name(),
        Version.TEXT,
        Long.toHexString(s.incarnation()),
        parts.since(),
        new StatusReport.ConfigFile(
            parts.file().toString(), parts.pair().hash(), last == null ? null : last.configHash()),
        peer(s, now),
        groups(s, now),
        readiness(s),
        links(),
        devices(),
        new WatchdogView(parts).both(unheard(s, now)),
        parts.references().report(),
        alarms(s, now),
        maintenance(s.maintenance(), now),
        new GapView(parts).heartbeat());
  }

  private static StatusReport.Maintenance maintenance(Maintenance m, Moment now) {
    return m.stands()
        ? new StatusReport.Maintenance(Instant.now().plus(m.left(now)), m.reason())
        : null;
  }

  private static Instant instant(Moment m, Moment now) {
    return Instant.now().minus(now.since(m));
  }

  private StatusReport.Peer peer(State s, Moment now) {
    PeerState p = s.peer();
    String state =
        switch (p.hearing()) {
          case LISTENING -> "unknown";
          case HEARD -> p.isForeign() ? "not understood" : "heard";
          case LATE -> p.lastHeard() == null ? "unknown" : "late";
          case SILENT -> s.fencing() ? "silent" : p.restarting() ? "restarting" : "silent";
          case DISCONNECTED -> p.restarting() ? "restarting" : "disconnected";
          case OFF ->
              switch (p.off()) {
                case LEFT -> "left";
                case FENCED, CONFIRMED, NO -> "fenced";
              };
        };
    return new StatusReport.Peer(
        state,
        instant(p.since(), now),
        sentence(state, s),
        p.lastHeard() == null ? null : now.since(p.lastHeard()).toMillis(),
        p.last() == null ? null : Long.toHexString(p.last().incarnation()));
  }

  /** How long the peer is silent; zero while it is not. */
  private static Duration unheard(State s, Moment now) {
    Hearing hearing = s.peer().hearing();
    boolean silent = hearing == Hearing.SILENT || hearing == Hearing.DISCONNECTED;
    return silent && s.peer().lastHeard() != null ? now.since(s.peer().lastHeard()) : Duration.ZERO;
  }

  private String sentence(String state, State s) {
    String peer = parts.peer().name();
    return switch (state) {
      case "heard" -> peer + " is heard";
      case "late" -> peer + "'s heartbeat is late";
      case "silent" ->
          s.fencing() ? peer + " is silent and is being fenced" : peer + " is silent on all links";
      case "disconnected" -> peer + " is not heard, but its service answers: nobody is shot";
      case "restarting" -> peer + " restarts its daemon and keeps its services";
      case "left" -> peer + " has left with everything stopped";
      case "fenced" ->
          s.peer().off() == PeerState.Off.CONFIRMED
              ? peer + " is off: an operator vouched for it"
              : peer + " is off: it was fenced";
      default -> peer + " was not heard since this node started";
    };
  }

  private List<StatusReport.Group> groups(State s, Moment now) {
    List<StatusReport.Group> groups = new ArrayList<>();
    for (GroupRunner runner : parts.groups()) {
      GroupState g = s.group(runner.group().name());
      Status.GroupStatus theirs =
          s.peer().last() == null ? null : s.peer().last().groups().get(g.name());
      boolean here = g.phase().mayHold();
      boolean there =
          !here
              && theirs != null
              && theirs.phase().mayHold()
              && s.peer().hearing() != Hearing.OFF
              && s.peer().hearing() != Hearing.SILENT;
      groups.add(
          new StatusReport.Group(
              g.name(),
              prefer(g.name()),
              here ? parts.self().name() : there ? parts.peer().name() : null,
              lower(g.phase()),
              theirs == null ? null : lower(theirs.phase()),
              Math.max(g.term(), theirs == null ? 0 : theirs.term()),
              instant(g.since(), now),
              g.why(),
              resources(runner, g, now),
              null));
    }
    return groups;
  }

  private String prefer(String group) {
    return parts.pair().group(group).map(Group::prefer).orElse(null);
  }

  private static String lower(Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }

  private static List<StatusReport.Resource> resources(
      GroupRunner runner, GroupState g, Moment now) {
    List<StatusReport.Resource> resources = new ArrayList<>();
    Map<String, GroupRunner.Seen> seen = runner.seen();
    boolean held = g.phase().mayHold();
    for (Resource resource : runner.group().resources()) {
      GroupRunner.Seen last = seen.get(resource.name());
      String health =
          !held
              ? resource.presentWhenIdle() ? "standby" : "stopped"
              : last == null ? "unknown" : last.healthy() ? "ok" : "failed";
      resources.add(
          new StatusReport.Resource(
              resource.name(),
              resource.type(),
              health,
              held && last != null ? last.detail() : "",
              held && last != null ? (now.nanos() - last.nanos()) / 1_000_000 : null,
              resource instanceof LvsResource lvs ? lvs.services() : null));
    }
    return resources;
  }

  StatusReport.Readiness own(State s) {
    List<StatusReport.Item> items = new ArrayList<>();
    long now = System.nanoTime();
    for (ReadinessItem seen : parts.readiness().items()) {
      ReadinessItem item = seen.at(now);
      items.add(
          new StatusReport.Item(
              item.name(),
              switch (item.state()) {
                case GOOD -> "ok";
                case WARNING -> "warning";
                case BAD -> "failed";
                case UNKNOWN -> seen.stale(now) ? "stale" : "unknown";
              },
              item.detail(),
              item.mend(),
              (now - item.checkedNanos()) / 1_000_000,
              item.limit().toMillis()));
    }
    boolean ready = true;
    boolean able = true;
    for (GroupState g : s.groups()) {
      ready &= g.ready();
      able &= g.able();
    }
    return new StatusReport.Readiness(ready, able, items);
  }

  private Map<String, StatusReport.Readiness> readiness(State s) {
    Map<String, StatusReport.Readiness> readiness = new LinkedHashMap<>();
    readiness.put(parts.self().name(), own(s));
    readiness.put(parts.peer().name(), peers(s));
    return readiness;
  }

  /** What the peer says in its heartbeats decides; the items come from its messages. */
  private StatusReport.Readiness peers(State s) {
    Hearing hearing = s.peer().hearing();
    if (s.peer().last() == null || (hearing != Hearing.HEARD && hearing != Hearing.LATE)) {
      return new StatusReport.Readiness(false, false, List.of());
    }
    boolean ready = true;
    boolean able = true;
    for (Status.GroupStatus group : s.peer().last().groups().values()) {
      ready &= group.ready();
      able &= group.able();
    }
    Optional<PeerFacts.Told> told = parts.facts().told();
    List<StatusReport.Item> items = new ArrayList<>();
    if (told.isPresent()) {
      long older = (System.nanoTime() - told.get().nanos()) / 1_000_000;
      for (StatusReport.Item i : told.get().readiness().items()) {
        Long age = i.ageMs() == null ? null : i.ageMs() + older;
        items.add(
            new StatusReport.Item(i.name(), i.state(), i.detail(), i.mend(), age, i.limitMs()));
      }
    }
    return new StatusReport.Readiness(ready, able, items);
  }

  private List<StatusReport.Link> links() {
    List<StatusReport.Link> links = new ArrayList<>();
    for (LinkState link : parts.heartbeat().links()) {
      String state =
          !link.bound() ? "unbound" : link.up() ? "up" : link.oneWay() ? "one-way" : "down";
      links.add(
          new StatusReport.Link(
              link.link(),
              link.local().getAddress().getHostAddress(),
              link.peer().getAddress().getHostAddress(),
              state,
              link.age().map(Duration::toMillis).orElse(null),
              link.gaps().largest().toMillis(),
              link.forged(),
              GapView.shown(link.gaps())));
    }
    return links;
  }

  List<StatusReport.Device> ownDevices() {
    long limit = parts.pair().fencing().proofAge().toMillis();
    List<StatusReport.Device> devices = new ArrayList<>();
    for (DeviceProof proof : parts.fencing().proofs()) {
      long age = proof.age().toMillis();
      devices.add(
          new StatusReport.Device(
              proof.node(), proof.device(), proof.succeeded(), proof.detail(), age, limit));
    }
    return devices;
  }

  private List<StatusReport.Device> devices() {
    List<StatusReport.Device> all = new ArrayList<>(ownDevices());
    Optional<PeerFacts.Told> told = parts.facts().told();
    if (told.isPresent()) {
      long older = (System.nanoTime() - told.get().nanos()) / 1_000_000;
      for (StatusReport.Device d : told.get().devices()) {
        if (d.node().equals(parts.self().name())) {
          Long age = d.ageMs() == null ? null : d.ageMs() + older;
          all.add(
              new StatusReport.Device(
                  d.node(), d.device(), d.succeeded(), d.detail(), age, d.limitMs()));
        }
      }
    }
    return all;
  }

  private List<StatusReport.Alarm> alarms(State s, Moment now) {
    List<StatusReport.Alarm> alarms = new ArrayList<>();
    for (State.Alarm alarm : s.alarms().values()) {
      alarms.add(
          new StatusReport.Alarm(instant(alarm.since(), now), alarm.sentence(), alarm.mend()));
    }
    for (DaemonAlarms.Standing alarm : parts.alarms().all()) {
      alarms.add(new StatusReport.Alarm(alarm.since(), alarm.sentence(), alarm.mend()));
    }
    return alarms;
  }
}
