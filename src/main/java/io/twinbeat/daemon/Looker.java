package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.address.Addresses;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.resource.ProbeAnswer;
import io.twinbeat.resource.ProbeSettings;
import io.twinbeat.resource.ServiceProbe;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Looks at a group's service through its addresses, on the wire. Any address that answers shows
 * that the group is served; that none is, takes an answer about each.
 */
final class Looker {
  private final HeldGroup group;
  private final Optional<ProbeSettings> how;
  private final Addresses addresses;
  private final Consumer<Event> events;

  Looker(
      HeldGroup group, Optional<ProbeSettings> how, Addresses addresses, Consumer<Event> events) {
    this.group = group;
    this.how = how;
    this.addresses = addresses;
    this.events = events;
  }

  /** Loads what a look needs, so that the first one in an emergency is quick. */
  void warmUp() {
    how.ifPresent(ServiceProbe::warmUp);
  }

  void look(Effect.Probe effect) {
    Thread.ofVirtual().name("look-" + group.name()).start(() -> events.accept(seen(effect)));
  }

  private Event seen(Effect.Probe effect) {
    Look worst = Look.NOT_ANSWERED;
    String detail = "";
    for (AddressResource resource : group.addresses()) {
      // Many addresses are one service: looking at a few of them tells, within the limit.
      FloatingAddress address = resource.all().getFirst();
      Event.ProbeFinished one = one(effect, address);
      if (one.look() == Look.ANSWERED) {
        return one;
      }
      if (worst != Look.CANNOT_TELL) {
        worst = one.look();
        detail = one.detail();
      }
    }
    return new Event.ProbeFinished(effect.group(), effect.id(), worst, detail);
  }

  private Event.ProbeFinished one(Effect.Probe effect, FloatingAddress address) {
    Optional<String> fault = Carriers.fault(addresses, address.device());
    if (fault.isPresent()) {
      return finished(effect, Look.CANNOT_TELL, fault.get());
    }
    if (how.isEmpty()) {
      return byArp(effect, address);
    }
    return switch (ServiceProbe.look(address.ip(), how.get(), effect.limit())) {
      case ProbeAnswer.Answered a ->
          finished(effect, Look.ANSWERED, a.detail() + " in " + a.took().toMillis() + " ms");
      case ProbeAnswer.NotAnswered n -> finished(effect, Look.NOT_ANSWERED, n.detail());
      case ProbeAnswer.CannotTell c -> finished(effect, Look.CANNOT_TELL, c.why());
    };
  }

  private Event.ProbeFinished byArp(Effect.Probe effect, FloatingAddress address) {
    Duration limit = effect.limit();
    try {
      var other = addresses.claimant(address, limit);
      return other.isPresent()
          ? finished(
              effect, Look.ANSWERED, other.get() + " answers for " + address.ip().getHostAddress())
          : finished(
              effect, Look.NOT_ANSWERED, "nobody answers for " + address.ip().getHostAddress());
    } catch (AddressException e) {
      return finished(effect, Look.CANNOT_TELL, e.getMessage());
    }
  }

  private static Event.ProbeFinished finished(Effect.Probe effect, Look look, String detail) {
    return new Event.ProbeFinished(effect.group(), effect.id(), look, detail);
  }
}
