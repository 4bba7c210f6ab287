package io.twinbeat.decision;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Something to be done, in the order of the list. An effect that is not {@link Durable} is carried
 * out only after each Durable before it is on disk.
 */
public sealed interface Effect {
  /** Must be on disk before what follows it. */
  sealed interface Durable extends Effect permits Explain, Persist {}

  /** A decision, or a decision not to act, with what it rests on. */
  record Explain(Rule rule, String subject, String sentence, Map<String, String> evidence)
      implements Durable {
    public Explain {
      evidence = Collections.unmodifiableMap(new LinkedHashMap<>(evidence));
    }
  }

  /** The small state that survives a crash; only what changed. */
  record Persist(
      Map<String, Held> groups, boolean startFenceSpent, Optional<KeptMaintenance> maintenance)
      implements Durable {
    public Persist {
      groups = Map.copyOf(groups);
    }

    public Persist(Map<String, Held> groups, boolean startFenceSpent) {
      this(groups, startFenceSpent, Optional.empty());
    }
  }

  /** The newest word on maintenance; {@code left} is zero when it is over. */
  record KeptMaintenance(long number, Duration left, String reason) {}

  /**
   * A group's term, and whether this node means to hold it.
   *
   * @param failbackHeld the operator moved it away: it does not go back by itself
   * @param failsBackNow a failback begins with this; none other within the cool-down
   */
  record Held(long term, boolean held, boolean failbackHeld, boolean failsBackNow) {
    public Held(long term, boolean held) {
      this(term, held, false, false);
    }
  }

  /** A consequence of an earlier decision; written, but nothing waits for it. */
  record Note(Rule rule, String subject, String sentence, Map<String, String> evidence)
      implements Effect {
    public Note {
      evidence = Collections.unmodifiableMap(new LinkedHashMap<>(evidence));
    }
  }

  /** Send the current status on all links now. */
  record SendStatus() implements Effect {}

  /** Send this last status on all links several times and say nothing more. */
  record SayGoodbye() implements Effect {}

  /** Make a group's services hot and checked; ends in GroupPrepared. */
  record Prepare(String group, long ask) implements Effect {}

  /**
   * Start a group's resources in order; ends in GroupStarted.
   *
   * @param claimFirst ask the wire whether another machine has the address, before adding it
   * @param watchOnly start to watch its services, and touch none of them
   */
  record StartGroup(String group, long term, Right right, boolean claimFirst, boolean watchOnly)
      implements Effect {}

  /** What entitles a node to start a group. */
  enum Right {
    /** The peer granted it. */
    GRANTED,
    /** The peer was fenced, and a separate status said off. */
    FENCED,
    /** The peer said goodbye with everything stopped. */
    LEFT,
    /** An operator vouched that the peer is off. */
    CONFIRMED,
    /** The file accepts split-brain. */
    UNFENCED,
    /** It was held here and never granted away. */
    KEPT,
    /** An earlier life of this daemon, in this boot, holds it. */
    ADOPTED
  }

  /**
   * Stop what must not be on two nodes, in reverse order; hot services stay up. Ends in
   * GroupStopped.
   */
  record StopGroup(String group) implements Effect {}

  /** Restart one resource in place; ends in ResourceRestarted. */
  record RestartResource(String group, String resource) implements Effect {}

  /** Tell the network anew where a group's addresses are. */
  record Announce(String group) implements Effect {}

  /**
   * Make certain that the peer is off; ends in FenceFinished.
   *
   * @param lookOnly never shoot: only ask the devices whether it is off
   */
  record Fence(long id, boolean lookOnly) implements Effect {}

  /** Load what a fence would need, harmlessly. */
  record WarmFence() implements Effect {}

  /** Look at a group's service through its address; ends in ProbeFinished. */
  record Probe(String group, long id, Duration limit) implements Effect {}

  record RaiseAlarm(String key, String sentence, String mend) implements Effect {}

  record ClearAlarm(String key) implements Effect {}

  /** The end of an operator's order. */
  record Answer(long id, Verdict verdict, String sentence) implements Effect {}

  /** How an order ended. */
  enum Verdict {
    DONE,
    FAILED,
    REFUSED
  }

  /** End the process. */
  record Exit(End end) implements Effect {
    public boolean servicesKept() {
      return end != End.LEFT;
    }
  }

  /** How a process ends. */
  enum End {
    /** Everything is handed over or stopped. */
    LEFT,
    /** Services go on, and a daemon comes back to them. */
    RESTARTS,
    /** It was to leave and could not let go of everything: a daemon has to come back. */
    COULD_NOT_LEAVE
  }
}
