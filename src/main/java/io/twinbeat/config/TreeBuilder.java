package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * Builds the tree from the parser's events, not from its composed nodes: an alias keeps its own
 * place, nothing is ever expanded, and the depth is bounded before anything recurses over it.
 * Anchors, tags, duplicate keys and further documents are problems.
 */
final class TreeBuilder {
  private static final int DEPTH_MAX = 16;

  private final Report report;
  private final Deque<Open> open = new ArrayDeque<>();
  private Tree root;
  private boolean saidAnchor;

  /** What follows can't be trusted: only this is told. */
  private boolean hopeless;

  /** A collection that has begun. In a map, {@code key} is the key that waits for its value. */
  private static final class Open {
    final boolean map;
    final Place place;
    final List<Tree> items = new ArrayList<>();
    final List<Tree.Entry> entries = new ArrayList<>();
    Tree.Scalar key;
    boolean skipValue;

    Open(boolean map, Place place) {
      this.map = map;
      this.place = place;
    }
  }

  private TreeBuilder(Report report) {
    this.report = report;
  }

  /** The tree; empty when the text holds none, or when the report says why there is none. */
  static Optional<Tree> build(String text, Report report) {
    TreeBuilder builder = new TreeBuilder(report);
    builder.run(text);
    return builder.hopeless ? Optional.empty() : Optional.ofNullable(builder.root);
  }

  private void run(String text) {
    // No schema's regular expressions: what a word means is decided here.
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel("")
            .setSchema(new FailsafeSchema())
            .setParseComments(false)
            .setUseMarks(true)
            .build();
    try {
      Iterator<Event> events = new Parse(settings).parseString(text).iterator();
      boolean more = true;
      while (more && events.hasNext()) {
        more = event(events.next());
      }
    } catch (MarkedYamlEngineException e) {
      hopeless = true;
      Place problem = place(e.getProblemMark().or(e::getContextMark));
      Place context = place(e.getContextMark().or(e::getProblemMark));
      SyntaxMessages.report(report, text, e.getProblem(), problem, e.getContext(), context);
    } catch (YamlEngineException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // The last two: what the parser throws on some broken escapes and directives.
      hopeless = true;
      report.problem(Place.TOP, "text that is not YAML", "a YAML file");
    }
  }

  /** Returns whether to go on. */
  private boolean event(Event event) {
    Place place = place(event.getStartMark());
    if (event instanceof DocumentStartEvent start) {
      if (root != null || start.getSpecVersion().isPresent() || !start.getTags().isEmpty()) {
        report.problem(
            place,
            root != null ? "a second document ('---')" : "a YAML directive ('%')",
            "one plain document in the file");
        hopeless = true;
        return false;
      }
      return true;
    }
    if (event instanceof AliasEvent) {
      anchor(place, "an alias ('*')");
      add(new Tree.Scalar("", true, place.line(), place.column()));
      return true;
    }
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      anchor(place, "an anchor ('&')");
    }
    if (event instanceof ScalarEvent scalar) {
      tag(scalar.getTag(), place);
      boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
      add(new Tree.Scalar(scalar.getValue(), plain, place.line(), place.column()));
    } else if (event instanceof CollectionStartEvent start) {
      tag(start.getTag(), place);
      if (open.size() == DEPTH_MAX) {
        report.problem(place, "values nested deeper than " + DEPTH_MAX + " levels", "fewer levels");
        hopeless = true;
        return false;
      }
      open.push(new Open(start instanceof MappingStartEvent, place));
    } else if (event instanceof MappingEndEvent || event instanceof SequenceEndEvent) {
      Open done = open.pop();
      int line = done.place.line();
      int column = done.place.column();
      add(
          done.map
              ? new Tree.Fields(done.entries, line, column)
              : new Tree.Items(done.items, line, column));
    }
    return true;
  }

  private void add(Tree tree) {
    Open parent = open.peek();
    if (parent == null) {
      root = tree;
    } else if (!parent.map) {
      parent.items.add(tree);
    } else if (parent.key == null) {
      parent.key = key(parent, tree);
    } else {
      Tree.Scalar key = parent.key;
      parent.key = null;
      if (!parent.skipValue) {
        parent.entries.add(new Tree.Entry(key.text(), key.line(), key.column(), tree));
      }
      parent.skipValue = false;
    }
  }

  private Tree.Scalar key(Open parent, Tree tree) {
    if (!(tree instanceof Tree.Scalar key)) {
      parent.skipValue = true;
      report.problem(Place.of(tree, ""), tree.shown() + " as a key", "a word as a key");
      return new Tree.Scalar("", false, tree.line(), tree.column());
    }
    for (Tree.Entry entry : parent.entries) {
      if (entry.key().equals(key.text())) {
        parent.skipValue = true;
        report.problem(
            Place.of(key, ""),
            "duplicate key " + Values.quoted(key.text()) + ", first in line " + entry.line(),
            "each key once");
      }
    }
    return key;
  }

  /** Said once: a file that uses them does so in many places. */
  private void anchor(Place place, String found) {
    if (!saidAnchor) {
      saidAnchor = true;
      hopeless = true;
      report.problem(place, found, "each value written out (anchors and aliases are not read)");
    }
  }

  private void tag(Optional<String> tag, Place place) {
    if (tag.isPresent() && !tag.get().equals("!")) {
      report.problem(
          place,
          "a tag (" + shortTag(tag.get()) + ")",
          "a value without a tag (in quotes if need be)");
    }
  }

  private static String shortTag(String tag) {
    return Values.shortened(
        tag.startsWith(Tag.PREFIX) ? "!!" + tag.substring(Tag.PREFIX.length()) : tag);
  }

  private static Place place(Optional<Mark> mark) {
    return mark.isPresent()
        ? new Place(mark.get().getLine() + 1, mark.get().getColumn() + 1, "")
        : Place.TOP;
  }
}
