package io.pgplane.controlplane.revision;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One step from a state to the next, as it was committed: it never changes again.
 *
 * <p>Its text is the truth, and is passed on as it is: what a newer member has written into it, an
 * older one keeps. By {@link #previous} it names the revision that it follows, so that two members
 * that agree on one revision agree on all before it.
 */
public final class Revision {
  /** The version of the text. Members read the texts of any, by the keys that they know. */
  static final int SCHEMA = 1;

  private final String text;
  private final String digest;
  private final long number;
  private final String previous;
  private final Author author;
  private final Set<String> endSessions;
  private final List<Change> changes;
  private final Optional<FileMark> file;

  /**
   * Who wanted it.
   *
   * @param name of a token, a file or a client; as stated, not proven
   * @param member whose member took it in
   */
  public record Author(String name, String comment, String member, Instant time) {}

  private Revision(String text) {
    JsonObject json = new JsonObject(text);
    this.text = text;
    this.digest = digest(text);
    this.number = json.getLong("number");
    this.previous = json.getString("previous");
    this.author =
        new Author(
            json.getString("author"),
            json.getString("comment"),
            json.getString("member"),
            Instant.parse(json.getString("time")));
    this.endSessions =
        json.getJsonArray("endSessions", new JsonArray()).stream()
            .map(String::valueOf)
            .collect(Collectors.toUnmodifiableSet());
    this.file =
        Optional.ofNullable(json.getJsonObject("file"))
            .map(mark -> new FileMark(mark.getString("digest"), mark.getBoolean("applied")));
    JsonArray list = json.getJsonArray("changes");
    this.changes =
        IntStream.range(0, list.size())
            .mapToObj(i -> Change.decode(list.getJsonObject(i)))
            .toList();
  }

  /**
   * Reads what {@link #text} has written.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Revision of(String text) {
    try {
      return new Revision(text);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("no revision: " + e.getClass().getSimpleName(), e);
    }
  }

  /**
   * The next step of a state.
   *
   * @param endSessions the users whose running sessions shall end
   */
  static Revision after(State state, Author author, Set<String> endSessions, Plan plan) {
    JsonArray list = new JsonArray();
    plan.changes().forEach(change -> list.add(change.encode()));
    JsonObject json =
        new JsonObject()
            .put("schema", SCHEMA)
            .put("number", state.number() + 1)
            .put("previous", state.digest())
            .put("time", author.time().toString())
            .put("author", author.name())
            .put("comment", author.comment())
            .put("member", author.member())
            .put("endSessions", new JsonArray(List.copyOf(endSessions)))
            .put("changes", list);
    plan.file()
        .ifPresent(
            mark ->
                json.put(
                    "file",
                    new JsonObject().put("digest", mark.digest()).put("applied", mark.applied())));
    return new Revision(json.encode());
  }

  /** Its place: the first one has number 1. */
  public long number() {
    return number;
  }

  /** The digest of the revision before it; empty for the first. */
  public String previous() {
    return previous;
  }

  /** Whether it is the one after this one. */
  boolean follows(long otherNumber, String otherDigest) {
    return number == otherNumber + 1 && previous.equals(otherDigest);
  }

  /** SHA-256 of the text, in hexadecimal. */
  public String digest() {
    return digest;
  }

  public Author author() {
    return author;
  }

  /** The users whose running sessions end with it. */
  public Set<String> endSessions() {
    return endSessions;
  }

  public List<Change> changes() {
    return changes;
  }

  /** The configuration file of its member, if it comes from that. */
  Optional<FileMark> file() {
    return file;
  }

  /** Whether it would change nothing, and remember nothing. */
  boolean isNothing() {
    return changes.isEmpty() && endSessions.isEmpty() && file.isEmpty();
  }

  /** All of it, secrets included: to be sealed wherever it goes. */
  public String text() {
    return text;
  }

  @Override
  public String toString() {
    return "revision " + number + " by " + author.name();
  }

  static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
