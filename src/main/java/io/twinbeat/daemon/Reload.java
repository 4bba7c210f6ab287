package io.twinbeat.daemon;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.twinbeat.control.Response;
import io.twinbeat.decision.PeerState;
import io.twinbeat.decision.PeerState.Hearing;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code twinbeat reload}: a changed file is tried on both nodes first, and then used on both, the
 * standby before the holder, or on none.
 */
final class Reload {
  private static final String FILE = "file";
  private static final String TRY = "reload-try";
  private static final String APPLY = "reload-apply";
  private static final String BACK = "reload-back";

  /** Reading a file. */
  private static final Duration FILE_LIMIT = Duration.ofSeconds(5);

  /** nginx tests its files, and added addresses are asked for on the wire. */
  private static final Duration TRY_LIMIT = Duration.ofSeconds(30);

  private static final Duration APPLY_LIMIT = Duration.ofSeconds(5);

  /** A life ends and begins, the nodes hear each other again, and messages pass again. */
  private static final Duration BACK_LIMIT = Duration.ofSeconds(20);

  /** What was tried is used soon, or tried again. */
  private static final Duration TRIED_FOR = Duration.ofSeconds(60);

  private static final Duration POLL = Duration.ofMillis(20);
  private static final Logger log = LoggerFactory.getLogger(Reload.class);

  private record Tried(Loaded file, long nanos) {}

  private final DaemonOptions options;
  private final Lives lives;
  private final Semaphore busy = new Semaphore(1);
  private volatile Tried tried;
  private volatile Loaded before;
  private volatile String failure = "";

  Reload(DaemonOptions options, Lives lives) {
    this.options = options;
    this.lives = lives;
  }

  // On the node where it is ordered.

  Response.End order(boolean thisNodeOnly) throws InterruptedException {
    if (!busy.tryAcquire()) {
      return new Response.Refused("a reload is under way");
    }
    try {
      if (lives.parts().isEmpty()) {
        return new Response.Refused("a reload is under way, ordered on the other node");
      }
      Loaded next = Loaded.read(options);
      return thisNodeOnly ? alone(next) : both(next);
    } catch (Life.Misconfigured e) {
      return new Response.Refused(e.getMessage());
    } finally {
      busy.release();
    }
  }

  private Response.End alone(Loaded next) throws InterruptedException {
    if (next.same(lives.loaded())) {
      return Response.Done.with("this node runs with this file already: " + next.pair().hash());
    }
    Parts parts = lives.parts().orElseThrow();
    List<String> objections = Trial.objections(parts, next);
    if (!objections.isEmpty()) {
      return new Response.Refused(String.join("; ", objections));
    }
    Optional<String> failed = change(next);
    return failed.isPresent()
        ? new Response.Failed(failed.get())
        : Response.Done.with("this node runs with the changed file now: " + next.pair().hash());
  }

  private Response.End both(Loaded next) throws InterruptedException {
    Parts parts = lives.parts().orElseThrow();
    String self = parts.self().name();
    String peer = parts.peer().name();
    String nonce = KeyProof.nonce();
    JsonObject theirs;
    try {
      theirs = parts.questions().ask(TRY, question(next, nonce), TRY_LIMIT);
    } catch (IOException e) {
      return new Response.Refused(
          e.getMessage()
              + ": its file is not known to be the same; for this node alone: twinbeat reload --this-node-only");
    }
    List<String> objections = new ArrayList<>();
    if (!theirs.has("hash")) {
      each(theirs, "problems", problem -> objections.add(peer + ": " + problem));
    } else if (!theirs.get("hash").getAsString().equals(next.pair().hash())) {
      objections.add(
          "the files differ: %s is %s on %s, and %s is %s on %s: make them the same"
              .formatted(
                  next.file(),
                  next.pair().hash(),
                  self,
                  theirs.get("path").getAsString(),
                  theirs.get("hash").getAsString(),
                  peer));
    }
    keyObjection(next, peer, nonce, theirs).ifPresent(objections::add);
    each(theirs, "objections", objection -> objections.add(peer + ": " + objection));
    Trial.objections(parts, next).forEach(objection -> objections.add(self + ": " + objection));
    if (!objections.isEmpty()) {
      return new Response.Refused(String.join("; ", objections));
    }
    boolean here = !next.same(lives.loaded());
    boolean there = theirs.get("change").getAsBoolean();
    String done = "%s and %s run with this file".formatted(self, peer);
    if (!here && !there) {
      return Response.Done.with(done + " already: " + next.pair().hash());
    }
    Optional<String> failed = changed(parts, next, here, there);
    return failed.isPresent()
        ? new Response.Failed(failed.get())
        : Response.Done.with(done + " now: " + next.pair().hash());
  }

  private static JsonObject question(Loaded next, String nonce) {
    JsonObject question = new JsonObject();
    question.addProperty("hash", next.pair().hash());
    question.addProperty("nonce", nonce);
    return question;
  }

  /** With keys that differ the two would not hear each other after the change. */
  private Optional<String> keyObjection(Loaded next, String peer, String nonce, JsonObject theirs) {
    if (!theirs.has("hash")) {
      return Optional.empty(); // It could not read its file, and says so.
    }
    if (!theirs.has("key")) {
      return next.sameKeys(lives.loaded())
          ? Optional.empty()
          : Optional.of(peer + " runs a version that cannot compare keys: change the key later");
    }
    return KeyProof.same(theirs.get("key").getAsString(), KeyProof.of(next.keys(), nonce))
        ? Optional.empty()
        : Optional.of(
            "the key in %s is another one on %s: copy the file from one node to the other"
                .formatted(next.pair().heartbeat().keyFile(), peer));
  }

  private static void each(
      JsonObject answer, String list, java.util.function.Consumer<String> sentence) {
    if (answer.has(list)) {
      answer.getAsJsonArray(list).forEach(each -> sentence.accept(each.getAsString()));
    }
  }

  private Optional<String> changed(Parts parts, Loaded next, boolean here, boolean there)
      throws InterruptedException {
    Loaded old = lives.loaded();
    boolean holds =
        parts.loop().state().groups().stream().anyMatch(group -> group.phase().mayHold());
    boolean deaf = here && there && Difference.outOfHearing(old, next);
    if (deaf) {
      // With links or keys of their own they do not hear each other in between: both at once.
      tellPeer(parts);
      Optional<String> failed = change(next);
      return failed.isPresent() || heardWith(next)
          ? failed
          : goBack(old, parts.peer().name() + " is not heard with the changed links or key");
    }
    if (there && holds) {
      Optional<String> failed = peerChanged(next);
      return failed.isPresent() || !here ? failed : hereAfterPeer(next);
    }
    Optional<String> failed = here ? change(next) : Optional.empty();
    if (failed.isPresent() || !there) {
      return failed;
    }
    Optional<String> there2 = peerChanged(next);
    return there2.isPresent() && here ? goBack(old, there2.get()) : there2;
  }

  private Optional<String> goBack(Loaded old, String why) throws InterruptedException {
    Optional<String> notBack = use(old);
    return Optional.of(
        why + notBack.map(n -> "; and going back failed: " + n).orElse("; the file before holds"));
  }

  private Optional<String> hereAfterPeer(Loaded next) throws InterruptedException {
    Optional<String> failed = change(next);
    if (failed.isPresent() && !lives.loaded().same(next)) {
      boolean told = answered(BACK).isPresent();
      return Optional.of(
          failed.get()
              + (told
                  ? "; the file before holds on both nodes"
                  : "; and the peer could not be told to go back"));
    }
    return failed;
  }

  /** Its change is seen in what it says, not in its answer, which may be lost as it goes. */
  private Optional<String> peerChanged(Loaded next) throws InterruptedException {
    // A new life of this node has to be heard before messages pass; and one may pass before the
    // first
    // heartbeat is decided on.
    if (answered(FILE).isEmpty() || !await(() -> lastWord().isPresent())) {
      return Optional.of("the peer is not heard, and still has the file before");
    }
    Status last = lastWord().orElseThrow();
    String name = last.node();
    long life = last.incarnation();
    tellPeer(lives.parts().orElseThrow());
    if (await(() -> heardAgain(life))) {
      if (runs(next)) {
        return Optional.empty();
      }
      String why = answered(FILE).map(told -> told.get("failure").getAsString()).orElse("");
      return Optional.of(name + " went back to the file before: " + why);
    }
    return Optional.of(name + " did not come back with the changed file");
  }

  private void tellPeer(Parts parts) throws InterruptedException {
    try {
      parts.questions().ask(APPLY, new JsonObject(), APPLY_LIMIT);
    } catch (IOException e) {
      log.info("{}", e.getMessage());
    }
  }

  private Optional<JsonObject> answered(String kind) throws InterruptedException {
    long until = System.nanoTime() + BACK_LIMIT.toNanos();
    while (true) {
      try {
        return Optional.of(
            lives.parts().orElseThrow().questions().ask(kind, new JsonObject(), APPLY_LIMIT));
      } catch (IOException e) {
        if (System.nanoTime() - until > 0) {
          log.info("{}", e.getMessage());
          return Optional.empty();
        }
        Thread.sleep(POLL);
      }
    }
  }

  private boolean heardAgain(long otherThan) {
    return peer()
        .filter(p -> p.hearing() == Hearing.HEARD && p.last() != null)
        .filter(p -> p.last().incarnation() != otherThan)
        .isPresent();
  }

  private boolean runs(Loaded next) {
    return peer()
        .filter(p -> p.hearing() == Hearing.HEARD && p.last() != null)
        .filter(p -> p.last().configHash().equals(next.pair().hash()))
        .isPresent();
  }

  private boolean heardWith(Loaded next) throws InterruptedException {
    return await(() -> runs(next));
  }

  private Optional<Status> lastWord() {
    return peer().flatMap(p -> Optional.ofNullable(p.last()));
  }

  private Optional<PeerState> peer() {
    return lives.parts().map(parts -> parts.loop().state().peer());
  }

  private static boolean await(BooleanSupplier condition) throws InterruptedException {
    long until = System.nanoTime() + BACK_LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - until > 0) {
        return false;
      }
      Thread.sleep(POLL);
    }
    return true;
  }

  // On either node.

  /** Changes this node, and waits until what it held it holds again; empty when all is well. */
  private Optional<String> change(Loaded next) throws InterruptedException {
    List<String> held = new ArrayList<>();
    lives.parts().orElseThrow().loop().state().groups().stream()
        .filter(group -> group.phase() == Phase.ACTIVE)
        .filter(group -> next.pair().group(group.name()).isPresent())
        .forEach(group -> held.add(group.name()));
    Loaded old = lives.loaded();
    Optional<String> failed = use(next);
    failure = failed.orElse("");
    if (failed.isPresent()) {
      return failed;
    }
    before = old;
    for (String group : held) {
      if (!await(() -> activeHere(group))) {
        return Optional.of(
            group + " is not active here with the changed file: see twinbeat explain");
      }
    }
    return Optional.empty();
  }

  /**
   * The upstream files go first, while the daemon still runs with the file before: where nginx
   * refuses them nothing else is changed. They are put back when the daemon can't use the file.
   */
  private Optional<String> use(Loaded next) throws InterruptedException {
    Upstreams.Change upstreams;
    try {
      upstreams = Upstreams.change(lives.loaded().pair(), next.pair());
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
    upstreams.said().forEach(sentence -> log.info("{}", sentence));
    Optional<String> failed = lives.change(next);
    if (failed.isPresent()) {
      try {
        upstreams.undo();
      } catch (IOException e) {
        return Optional.of(failed.get() + "; and " + e.getMessage());
      }
    }
    return failed;
  }

  private boolean activeHere(String group) {
    return lives
        .parts()
        .filter(parts -> parts.loop().state().group(group).phase() == Phase.ACTIVE)
        .isPresent();
  }

  /** For {@code check}: the peer's file as it is on its disk now, or why that is not known. */
  JsonObject peerFile(Parts parts) throws InterruptedException {
    try {
      return parts.questions().ask(FILE, new JsonObject(), FILE_LIMIT);
    } catch (IOException e) {
      JsonObject unknown = new JsonObject();
      unknown.addProperty("unknown", e.getMessage());
      return unknown;
    }
  }

  // On the node that is asked.

  void answer(PeerQuestions questions) {
    questions.answer(FILE, asked -> file());
    questions.answer(TRY, this::trial);
    questions.answer(APPLY, asked -> apply());
    questions.answer(BACK, asked -> back());
  }

  private JsonObject file() {
    JsonObject answer = new JsonObject();
    answer.addProperty("path", options.config().toString());
    answer.addProperty("failure", failure);
    try {
      answer.addProperty("hash", Loaded.read(options).pair().hash());
    } catch (Life.Misconfigured e) {
      JsonArray problems = new JsonArray();
      e.getMessage().lines().forEach(problems::add);
      answer.add("problems", problems);
    }
    return answer;
  }

  private JsonObject trial(JsonObject question) throws IOException, InterruptedException {
    if (busy.availablePermits() == 0) {
      throw new IOException("a reload is under way there");
    }
    JsonObject answer = file();
    if (answer.has("hash")) {
      Loaded next = Loaded.read(options);
      Parts parts = lives.parts().orElseThrow(() -> new IOException("it is starting"));
      JsonArray objections = new JsonArray();
      Trial.objections(parts, next).forEach(objections::add);
      answer.addProperty("hash", next.pair().hash());
      answer.addProperty("change", !next.same(lives.loaded()));
      answer.add("objections", objections);
      if (question.has("nonce")) {
        answer.addProperty("key", KeyProof.of(next.keys(), question.get("nonce").getAsString()));
      }
      tried = new Tried(next, System.nanoTime());
    }
    return answer;
  }

  private JsonObject apply() throws IOException {
    Tried next = tried;
    tried = null;
    if (next == null || System.nanoTime() - next.nanos() > TRIED_FOR.toNanos()) {
      throw new IOException("nothing was tried there lately");
    }
    inBackground(() -> {
      Loaded old = lives.loaded();
      Optional<String> failed = change(next.file());
      boolean deaf = Difference.outOfHearing(old, next.file());
      if (failed.isEmpty() && deaf && !heardWith(next.file())) {
        log.error("the peer is not heard with the changed links or key: going back");
        use(old);
      }
    });
    return new JsonObject();
  }

  private JsonObject back() throws IOException {
    Loaded old = before;
    if (old == null) {
      throw new IOException("there is no file to go back to");
    }
    inBackground(() -> use(old));
    return new JsonObject();
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  /** The answer goes out first: the life that gives it ends. */
  private static void inBackground(Work work) {
    Thread.ofVirtual()
        .name("reload")
        .start(() -> {
          try {
            work.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }
}
