package io.twinbeat.daemon;

import com.google.gson.JsonObject;
import io.twinbeat.decision.Moment;
import io.twinbeat.decision.Settings;
import io.twinbeat.decision.State;
import io.twinbeat.decision.WhyNot;
import io.twinbeat.decision.whatif.Assumptions;
import io.twinbeat.decision.whatif.Fault;
import io.twinbeat.decision.whatif.Rehearsal;
import io.twinbeat.journal.Autopsy;
import io.twinbeat.journal.Journal.Entry;
import io.twinbeat.journal.Move;
import io.twinbeat.journal.Stamp;
import io.twinbeat.journal.Timeline;
import io.twinbeat.journal.Timeline.Line;
import io.twinbeat.journal.Timeline.Source;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers "why?" and "what if?" from both journals and from what the core knows now. */
final class Explanations {
  /** What came longer before an event is not what it rests on. */
  private static final Duration BEFORE = Duration.ofMinutes(2);

  /** What followed is told too: an order leads to a move, a verdict to a fence. */
  private static final Duration AFTER = Duration.ofSeconds(30);

  private static final int LINES_BEFORE_MAX = 30;
  private static final int LINES_AFTER_MAX = 15;

  private final Parts parts;

  Explanations(Parts parts) {
    this.parts = parts;
  }

  /** Both journals, or why there is but one. */
  private record Read(Timeline timeline, Optional<PeerJournal.Told> told, String missing) {}

  /** One event, what led to it on both nodes and what followed; empty when there is none. */
  Optional<JsonObject> of(long number) throws IOException, InterruptedException {
    Optional<Entry> event =
        parts.chronicle().journal().read(number, 1).stream()
            .filter(entry -> entry.number() == number)
            .findFirst();
    if (event.isEmpty()) {
      return Optional.empty();
    }
    Read read = read(event.get());
    List<Line> lines = read.timeline().lines();
    int index = read.timeline().indexOf(parts.self().name(), number);
    Instant at = index < 0 ? event.get().at() : lines.get(index).at();
    ExplainJson json = new ExplainJson();
    json.event(event.get());
    json.timeline(
        lines.subList(
            Math.max(0, index - LINES_BEFORE_MAX),
            Math.min(lines.size(), Math.max(0, index) + LINES_AFTER_MAX)),
        at.minus(BEFORE),
        at.plus(AFTER));
    Move.around(read.timeline(), at).ifPresent(json::move);
    Autopsy.all(read.timeline()).stream()
        .filter(autopsy -> belongs(autopsy, at))
        .forEach(json::autopsy);
    return Optional.of(finished(json, read));
  }

  private static boolean belongs(Autopsy autopsy, Instant at) {
    Instant from = autopsy.from() == null ? autopsy.met() : autopsy.from();
    Instant to = autopsy.to() == null ? autopsy.met() : autopsy.to();
    return !at.isBefore(from.minus(AFTER)) && !at.isAfter(to.plus(AFTER));
  }

  /** For each subject the last decision, how each group could move now, and how it came here. */
  JsonObject standing() throws IOException, InterruptedException {
    Read read = read(null);
    ExplainJson json = new ExplainJson();
    List<String> subjects = new ArrayList<>();
    if (parts.loop().state().maintenance().stands()) {
      subjects.add("maintenance");
    }
    parts.groups().forEach(runner -> subjects.add(runner.group().name()));
    subjects.add(Timeline.PEER);
    List<Line> own =
        read.timeline().lines().stream()
            .filter(line -> line.node().equals(parts.self().name()))
            .toList();
    for (String subject : subjects) {
      own.reversed().stream()
          .filter(line -> line.isAbout(subject) && !isMereFact(line))
          .findFirst()
          .ifPresent(line -> json.event(line.entry()));
    }
    State state = parts.loop().state();
    json.ways(WhyNot.ways(state, parts.settings(), EventLoop.now()));
    for (String group : subjects) {
      Move.all(read.timeline()).reversed().stream()
          .filter(move -> move.group().equals(group))
          .findFirst()
          .ifPresent(json::move);
    }
    List<Autopsy> autopsies = Autopsy.all(read.timeline());
    if (!autopsies.isEmpty()) {
      json.autopsy(autopsies.getLast());
    }
    return finished(json, read);
  }

  /** What was seen or done on the way says less than the decision behind it. */
  private static boolean isMereFact(Line line) {
    return line.follows(io.twinbeat.decision.Rule.LOOKED)
        || line.entry().rule().equals(Timeline.ADDRESS_ADDED)
        || line.entry().rule().equals(Timeline.ADDRESS_REMOVED);
  }

  private Read read(Entry around) throws IOException, InterruptedException {
    Stamp now = parts.chronicle().stamp();
    long fromAge = Long.MAX_VALUE;
    long toAge = Long.MIN_VALUE;
    List<Entry> own;
    if (around == null) {
      own = parts.chronicle().journal().last(PeerJournal.LOOKED_THROUGH_MAX);
    } else {
      long number = around.number();
      int half = PeerJournal.LOOKED_THROUGH_MAX / 2;
      own =
          parts
              .chronicle()
              .journal()
              .read(Math.max(1, number - half), PeerJournal.LOOKED_THROUGH_MAX);
      Instant first = around.at().minus(BEFORE.multipliedBy(5));
      fromAge = Duration.between(first, now.wall()).toMillis();
      toAge = Duration.between(around.at().plus(BEFORE), now.wall()).toMillis();
    }
    List<Source> sources = new ArrayList<>();
    sources.add(new Source(parts.self().name(), own, now, now.wall()));
    try {
      PeerJournal.Told told =
          PeerJournal.ask(parts.questions(), parts.peer().name(), fromAge, toAge);
      sources.add(told.source());
      return new Read(Timeline.of(sources), Optional.of(told), "");
    } catch (IOException e) {
      return new Read(Timeline.of(sources), Optional.empty(), e.getMessage());
    }
  }

  private JsonObject finished(ExplainJson json, Read read) {
    return json.finished(
        parts.self().name(), parts.peer().name(), read.told().orElse(null), read.missing());
  }

  /**
   * How it would go if these faults came now.
   *
   * @throws IllegalArgumentException with one sentence when they are not understood
   */
  JsonObject whatIf(String text) {
    Settings settings = parts.settings();
    List<String> nodes = List.of(parts.self().name(), parts.peer().name());
    List<Fault> faults = Fault.parse(text, nodes, settings.deadtime().multipliedBy(2));
    // The state first: nothing in it may be later than the moment.
    State state = parts.loop().state();
    Moment now = EventLoop.now();
    return ExplainJson.whatIf(text, Rehearsal.of(state, settings, assumptions(nodes), faults, now));
  }

  private Assumptions assumptions(List<String> nodes) {
    Map<String, Duration> times = new LinkedHashMap<>();
    List<String> said = new ArrayList<>();
    for (String node : nodes) {
      if (parts.fencing().hasDevice(node)) {
        Optional<Duration> last = parts.fencing().lastOff(node);
        Optional<Duration> test = parts.fencing().lastTest(node);
        Duration time = last.or(() -> test).orElse(parts.fencing().slowestOff(node));
        times.put(node, time);
        said.add(
            "fencing "
                + node
                + " takes "
                + time.toMillis()
                + " ms, "
                + (last.isPresent()
                    ? "as it last did"
                    : test.isPresent()
                        ? "as the last test of its device did"
                        : "the most that its device expects"));
      }
    }
    return new Assumptions(
        times,
        said.isEmpty() ? "there is no fence device" : String.join("; ", said),
        !parts.pair().referencePoints().isEmpty());
  }
}
