package io.twinbeat.daemon;

import io.twinbeat.address.AddressException;
import io.twinbeat.address.Addresses;
import io.twinbeat.address.FloatingAddress;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Event.Look;
import io.twinbeat.linux.MacAddress;
import io.twinbeat.resource.ProbeAnswer;
import io.twinbeat.resource.ProbeSettings;
import io.twinbeat.resource.ServiceProbe;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Looks at a group's service through its addresses, on the wire. Any address that answers shows
 * that the group is served; that none is, takes an answer about each.
 */
final class Looker {
  private final HeldGroup group;
  private final Optional<ProbeSettings> how;
  private final Addresses addresses;
  private final References references;
  private final Consumer<Event> events;

  Looker(
      HeldGroup group,
      Optional<ProbeSettings> how,
      Addresses addresses,
      References references,
      Consumer<Event> events) {
    this.group = group;
    this.how = how;
    this.addresses = addresses;
    this.references = references;
    this.events = events;
  }

  /** Loads what a look needs, so that the first one in an emergency is quick. */
  void warmUp() {
    how.ifPresent(ServiceProbe::warmUp);
  }

  void look(Effect.Probe effect) {
    Thread.ofVirtual().name("look-" + group.name()).start(() -> events.accept(seen(effect)));
  }

  /** A look that decides nothing. */
  Event.ProbeFinished practise(Duration limit) {
    return seen(new Effect.Probe(group.name(), 0, limit));
  }

  private Event.ProbeFinished seen(Effect.Probe effect) {
    BooleanSupplier connected = references.seenGoodFromHere();
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
    if (worst == Look.NOT_ANSWERED && !connected.getAsBoolean()) {
      return finished(effect, Look.CANNOT_TELL, detail + ", nor did a reference point answer");
    }
    return finished(effect, worst, detail);
  }

  private Event.ProbeFinished one(Effect.Probe effect, FloatingAddress address) {
    Optional<String> fault = Carriers.fault(addresses, address.device());
    if (fault.isPresent()) {
      return finished(effect, Look.CANNOT_TELL, fault.get());
    }
    if (how.isEmpty()) {
      return byArp(effect, address, Look.ANSWERED, "");
    }
    // Beside the look, so that what must be asked in the end has been asked by then.
    CompletableFuture<Optional<MacAddress>> asked = ask(effect, address);
    return switch (ServiceProbe.look(address.ip(), how.get(), effect.limit())) {
      case ProbeAnswer.Answered a ->
          finished(effect, Look.ANSWERED, a.detail() + " in " + a.took().toMillis() + " ms");
      case ProbeAnswer.NotAnswered n -> notAnswered(effect, address, n, asked);
      case ProbeAnswer.OwnAnswer o -> byArp(effect, address, Look.CANNOT_TELL, o.why() + "; ");
      case ProbeAnswer.CannotTell c -> finished(effect, Look.CANNOT_TELL, c.why());
    };
  }

  private CompletableFuture<Optional<MacAddress>> ask(
      Effect.Probe effect, FloatingAddress address) {
    CompletableFuture<Optional<MacAddress>> asked = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("ask-" + group.name())
        .start(() -> {
          try {
            asked.complete(addresses.claimant(address, effect.limit()));
          } catch (AddressException e) {
            asked.complete(Optional.empty());
          }
        });
    return asked;
  }

  /**
   * A look that reached nobody's TCP may have been sent astray by this machine itself: by a wrong
   * entry for the neighbour, or a route or filter that says "unreachable".
   */
  private Event.ProbeFinished notAnswered(
      Effect.Probe effect,
      FloatingAddress address,
      ProbeAnswer.NotAnswered not,
      CompletableFuture<Optional<MacAddress>> asked) {
    boolean taken = not.reach() == ProbeAnswer.Reach.TAKEN;
    boolean server = taken || not.reach() == ProbeAnswer.Reach.SERVER;
    Optional<MacAddress> claims = server ? Optional.empty() : asked.getNow(Optional.empty());
    Optional<MacAddress> table = claims.isEmpty() ? claims : addresses.sentTo(address);
    boolean elsewhere = table.isPresent() && !table.equals(claims);
    boolean noWay = not.reach() == ProbeAnswer.Reach.NO_WAY;
    if (claims.isPresent() && (elsewhere || noWay)) {
      return finished(
          effect,
          Look.CANNOT_TELL,
          claims.get()
              + " has "
              + address.ip().getHostAddress()
              + ", but this machine does not send to it: its neighbour table says "
              + table.map(MacAddress::toString).orElse("nothing")
              + " ("
              + not.detail()
              + ")");
    }
    return new Event.ProbeFinished(
        effect.group(), effect.id(), Look.NOT_ANSWERED, taken, not.detail());
  }

  /**
   * Only whether somebody has the address.
   *
   * @param has what it means that somebody has it
   * @param why why no more was asked
   */
  private Event.ProbeFinished byArp(
      Effect.Probe effect, FloatingAddress address, Look has, String why) {
    String ip = address.ip().getHostAddress();
    try {
      Optional<MacAddress> other = addresses.claimant(address, effect.limit());
      return other.isPresent()
          ? finished(effect, has, why + other.get() + " answers for " + ip)
          : finished(effect, Look.NOT_ANSWERED, why + "nobody answers for " + ip);
    } catch (AddressException e) {
      return finished(effect, Look.CANNOT_TELL, why + e.getMessage());
    }
  }

  private static Event.ProbeFinished finished(Effect.Probe effect, Look look, String detail) {
    return new Event.ProbeFinished(effect.group(), effect.id(), look, detail);
  }
}
