package io.twinbeat.simulation;

import io.twinbeat.decision.Core;
import io.twinbeat.decision.Fingerprint;
import io.twinbeat.decision.Protection;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/**
 * All that can happen to a {@link Pair} from every start state, level by level: after D levels,
 * each order of D happenings was tried. States that behave alike are met once. A state is kept as
 * the happening that led to it, and made anew by repeating its path.
 */
final class Exhaustive {
  /** Faults and orders on one path, by their cost, unless more are asked for. */
  static final int FAULTS = 2;

  private static final int DEPTH_MAX = 64;
  private static final int CHUNK = 256;

  /** The end of a search. {@code broken} is null when all promises held. */
  record Result(int depth, long states, String broken, String path) {}

  private final Core[] cores;
  private final int faults;
  private final int statesMax;
  private final int[] parents;
  private final byte[] happenings;
  private final AtomicInteger states = new AtomicInteger();
  private final AtomicLongArray met;
  private final List<Pair> roots = new ArrayList<>();
  private final AtomicReference<String> broken = new AtomicReference<>();
  private volatile int brokenParent;
  private volatile int brokenHappening;

  /**
   * @param faults how many faults and orders one path may have, by their cost
   * @param statesMax how many states are kept at most; 29 bytes each
   */
  Exhaustive(Set<? extends Protection> switchedOff, int faults, int statesMax) {
    this.faults = faults;
    this.cores = Pair.cores(switchedOff);
    this.statesMax = statesMax;
    this.parents = new int[statesMax];
    this.happenings = new byte[statesMax];
    this.met = new AtomicLongArray(Integer.highestOneBit(statesMax) * 4);
  }

  private boolean isNew(long hash) {
    int at = (int) (hash & (met.length() - 1));
    while (true) {
      long there = met.get(at);
      if (there == 0 && met.compareAndSet(at, 0, hash)) {
        return true;
      }
      if (met.get(at) == hash) {
        return false;
      }
      at = (at + 1) & (met.length() - 1);
    }
  }

  private static List<Side> starts() {
    List<Side> all = new ArrayList<>();
    for (long term = 0; term < 3; term++) {
      for (int bits = 0; bits < 8; bits++) {
        Side s = new Side();
        s.on = (bits & 1) == 0;
        s.held = (bits & 2) != 0;
        s.address = (bits & 4) != 0;
        s.term = term;
        boolean possible = (s.on || (!s.held && !s.address)) && (term > 0 || !s.held);
        if (possible) {
          all.add(s);
        }
      }
    }
    return all;
  }

  private void root(Pair pair) {
    if (isNew(pair.fingerprint(new Fingerprint()))) {
      parents[states.get()] = -1 - roots.size();
      states.incrementAndGet();
      roots.add(pair);
    }
  }

  /**
   * Every state of two disks and kernels, as one daemon or both find it when they start; and
   * running pairs that agree.
   */
  private void makeRoots() {
    for (int holder = 0; holder < 3; holder++) {
      root(running(holder));
    }
    for (Side a : starts()) {
      for (Side b : starts()) {
        if (!(a.address && b.address)) {
          started(a, b, true, true);
          started(a, b, true, false);
          started(a, b, false, true);
        }
      }
    }
  }

  private void started(Side a, Side b, boolean aRises, boolean bRises) {
    Pair pair = new Pair(cores, a, b, null);
    if ((aRises && !a.on) || (bRises && !b.on)) {
      return;
    }
    if (aRises) {
      pair.happen(Act.RISE, 0);
    }
    if (bRises) {
      pair.happen(Act.RISE, 1);
    }
    root(pair);
  }

  /** Both run and hear each other; node {@code holder} holds, 2 for nobody. */
  private Pair running(int holder) {
    Side[] sides = {new Side(), new Side()};
    for (int i = 0; i < 2; i++) {
      sides[i].term = 1;
      sides[i].held = i == holder;
      sides[i].address = i == holder;
    }
    Pair pair = new Pair(cores, sides[0], sides[1], null);
    pair.happen(Act.RISE, 0);
    pair.happen(Act.RISE, 1);
    if (holder < 2) {
      pair.happen(Act.WORK_DONE, holder);
    }
    for (int round = 0; round < 4; round++) {
      pair.happen(Act.TICK, 0);
      for (int i = 0; i < 2; i++) {
        pair.happen(Act.ARRIVE, i);
      }
    }
    if (!pair.agreed()) {
      throw new IllegalStateException("a running pair does not hear each other");
    }
    return pair;
  }

  private Pair remake(int state) {
    int[] path = path(state);
    Pair pair = roots.get(-1 - parents[path[0]]).copy();
    for (int i = 1; i < path.length; i++) {
      pair.happen(act(happenings[path[i]]), node(happenings[path[i]]));
    }
    return pair;
  }

  private int[] path(int state) {
    int[] path = new int[DEPTH_MAX + 1];
    int at = path.length;
    path[--at] = state;
    while (parents[path[at]] >= 0) {
      path[at - 1] = parents[path[at]];
      at--;
    }
    return Arrays.copyOfRange(path, at, path.length);
  }

  private static Act act(int happening) {
    return Pair.ACTS[happening / 2];
  }

  private static int node(int happening) {
    return happening % 2;
  }

  /** Goes as deep as the limits allow, whichever comes first. */
  Result search(int depthMax, long nanosMax, PrintStream progress) throws InterruptedException {
    long began = System.nanoTime();
    makeRoots();
    progress.println("depth 0, " + states.get() + " states");
    int depth = 0;
    int from = 0;
    int to = states.get();
    while (depth < depthMax && from < to && broken.get() == null) {
      int first = from;
      int end = to;
      if (!level(first, end, began + nanosMax)) {
        break;
      }
      depth++;
      from = to;
      to = states.get();
      progress.println("depth " + depth + ", " + to + " states");
    }
    if (broken.get() == null) {
      return new Result(depth, states.get(), null, "");
    }
    return new Result(depth, states.get(), broken.get(), story());
  }

  /** False when time or room ended first. */
  private boolean level(int from, int to, long deadline) throws InterruptedException {
    AtomicInteger next = new AtomicInteger(from);
    Thread[] workers = new Thread[Runtime.getRuntime().availableProcessors()];
    for (int i = 0; i < workers.length; i++) {
      workers[i] =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                int chunk = next.getAndAdd(CHUNK);
                while (chunk < to && going(deadline)) {
                  expand(chunk, Math.min(to, chunk + CHUNK));
                  chunk = next.getAndAdd(CHUNK);
                }
              });
    }
    for (Thread worker : workers) {
      worker.join();
    }
    return next.get() >= to && going(deadline);
  }

  private boolean going(long deadline) {
    return broken.get() == null
        && System.nanoTime() < deadline
        && states.get() < statesMax - CHUNK * 2 * Pair.ACTS.length;
  }

  private void expand(int from, int to) {
    Fingerprint fingerprint = new Fingerprint();
    int parent = Integer.MIN_VALUE;
    Pair before = null;
    for (int state = from; state < to; state++) {
      // Neighbours often have one parent.
      if (parents[state] >= 0 && parents[state] != parent) {
        parent = parents[state];
        before = remake(parent);
      }
      Pair here = parents[state] < 0 ? remake(state) : before.copy();
      if (parents[state] >= 0) {
        here.happen(act(happenings[state]), node(happenings[state]));
      }
      expand(state, here, fingerprint);
    }
  }

  private void expand(int state, Pair here, Fingerprint fingerprint) {
    for (int number = 0; number < Pair.ACTS.length; number++) {
      Act act = Pair.ACTS[number];
      for (int i = 0; i < 2; i++) {
        if (here.spent + act.cost > faults || !here.can(act, i)) {
          continue;
        }
        int happening = number * 2 + i;
        Pair then = here.copy();
        try {
          then.happen(act, i);
        } catch (RuntimeException e) {
          String what = e instanceof Violation ? e.getMessage() : "the core threw " + e;
          if (broken.compareAndSet(null, what)) {
            brokenParent = state;
            brokenHappening = happening;
          }
          return;
        }
        if (isNew(then.fingerprint(fingerprint))) {
          int at = states.getAndIncrement();
          if (at < statesMax) {
            parents[at] = state;
            happenings[at] = (byte) happening;
          }
        }
      }
    }
  }

  /** The path to the violation, with what each core said. */
  private String story() {
    int[] path = path(brokenParent);
    int root = -1 - parents[path[0]];
    Story story = new Story(true);
    Pair pair = roots.get(root).telling(story);
    try {
      for (int i = 1; i < path.length; i++) {
        pair.happen(act(happenings[path[i]]), node(happenings[path[i]]));
      }
      pair.happen(act(brokenHappening), node(brokenHappening));
    } catch (RuntimeException e) {
      story.tell(0, "", "VIOLATION", String.valueOf(e.getMessage()));
    }
    return roots.get(root).text() + "\n" + story.text();
  }
}
